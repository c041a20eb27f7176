"""The site's rules: one ``site.toml``, validated on load."""

from weblog.site.checked import pattern_regex
from weblog.site.load import Draft, draft_site, load_site, site_from
from weblog.site.rules import Site
from weblog.site.template import template

__all__ = ["Draft", "Site", "draft_site", "load_site", "pattern_regex", "site_from", "template"]
