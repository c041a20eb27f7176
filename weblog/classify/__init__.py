"""What hits mean: pure functions of distinct values (agents, referrers, queries, paths, clients).

Each takes a column of distinct values and returns one row per value, in the same
order; what is not known is null. docs/classification.md tells the rules and how a
site overrides them.
"""

from weblog.classify.agents import classify_agents, internal_agents
from weblog.classify.channels import CHANNELS, channel_expr, channel_of, classify_landings
from weblog.classify.clients import client_of, clients_of
from weblog.classify.countries import countries
from weblog.classify.kinds import kind_reasons, with_kinds
from weblog.classify.networks import in_networks, within
from weblog.classify.parameters import campaign_parameters
from weblog.classify.paths import classify_paths
from weblog.classify.privacy import (
    identity_clients,
    keyed,
    private_clients,
    redact_paths,
    redact_queries,
    redact_referrers,
    visitor_keys,
)
from weblog.classify.referrers import bare_hosts, classify_referrers, outside_hosts
from weblog.classify.scrub import scrubbed
from weblog.classify.urls import normal_paths

__all__ = [
    "CHANNELS",
    "bare_hosts",
    "campaign_parameters",
    "channel_expr",
    "channel_of",
    "classify_agents",
    "classify_landings",
    "classify_paths",
    "classify_referrers",
    "client_of",
    "clients_of",
    "countries",
    "identity_clients",
    "in_networks",
    "internal_agents",
    "keyed",
    "kind_reasons",
    "normal_paths",
    "outside_hosts",
    "private_clients",
    "redact_paths",
    "redact_queries",
    "redact_referrers",
    "scrubbed",
    "visitor_keys",
    "with_kinds",
    "within",
]
