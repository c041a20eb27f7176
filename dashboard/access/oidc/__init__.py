"""The company's own login, by OpenID Connect: authorization code with PKCE, state and nonce.

Specifications: OpenID Connect Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0; RFC 7636 (PKCE),
RFC 9207 (issuer in the answer), and the security advice of RFC 9700.
"""

from __future__ import annotations
