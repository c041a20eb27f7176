"""The site.toml that ``weblog init`` writes: every section, commented, valid as it is."""

from __future__ import annotations

import json

_TEMPLATE = """\
# The rules of this site. Everything is optional: what you leave out keeps a default that
# fits most sites. Lines that begin with # are examples; take the # away to use them.
# `weblog check access.log` shows what these rules make of real lines, before anything
# is stored. docs/site-rules.md explains every setting.

name = {name}

# Days, weeks and midnight are those of this zone, whatever zone the servers log in.
time_zone = {time_zone}

# Shown behind values; nothing is converted.
# currency = "KRW"

# The site's own host names: a referrer with one of them is the visitor's previous page
# here, not a place the visit came from.
hosts = {hosts}

# combined, common, ..., or the server's own LogFormat. Left out, it is detected per file.
{log_format}

# Lines that are not stored, counted under the rule's name. Also hosts, agents, referrers,
# statuses, methods, before, after; [[keep]] is the same the other way round.
# [[skip]]
# name = "health checks"
# paths = ["/health"]
# networks = ["10.0.0.0/8"]

[urls]
# Which spellings of a path are one page. Patterns below see paths so spelled.
lower_case = false
trailing_slash = "keep"  # "strip": /news/ is /news
# slashes = "merge"      # //news is /news
# index_files = ["index.html", "index.php", "default.aspx"]  # /news/index.html is /news/
# path_parameters = "strip"  # /news;v=2 is /news

[internal]
# The company's own network: counted, but nobody's visit.
networks = []  # ["10.0.0.0/8"]
paths = []     # ["/health"]

[static]
# Files that are part of a page, beyond the usual suffixes (css, js, png, woff2 ...).
paths = []     # ["/static/*"]

[bots]
# Known robots are recognised by built-in lists. Regular expressions for agents that only
# you know; `people` lists agents the built-in lists are wrong about.
agents = []
people = []
# "loose": robots known by name; "default": telling words and signs, too; "strict": also
# whatever is no whole and possible browser's agent. "default" also takes a visitor for a robot
# who behaves as one in two ways that day, "strict" in one.
strictness = "default"

[identity]
# The visitor's cookie, if the log has it: %{{NAME}}C, %{{NAME}}n or %{{Cookie}}i in the LogFormat.
# visitor_cookie = "uid"
# Where a line names the logged-in customer, first non-empty wins.
customer = ["user"]  # also "cookie:NAME", "header:NAME", "query:NAME"
# Where it names the browser, if visitor_cookie does not say enough; "customer" is whoever is
# logged in, "address+agent" a keyed hash of both.
# visitor = ["cookie:uid", "address+agent"]
# Proxies whose X-Forwarded-For is believed. Left out: those on private networks. Name your
# CDN's networks, or everybody is the CDN.
# trusted_proxies = ["10.0.0.0/8"]
# What a login claims: "none"; "session", the visit it is in; "visitor", also the visitor's
# visits without a login, where all logins name one customer.
stitching = "session"

[login]
# Hits that are a login success, if the log shows one; else logins are seen by the
# customer's id appearing.
# paths = ["/login"]
# method = "POST"
# statuses = [302]

[session]
# "matomo": 30 minutes and midnight; "ga4": 30 minutes; "awstats": 60 minutes and midnight.
rules = "matomo"
# longest_minutes = 240
# most_hits = 500

[geo]
# A file that says in which country an address is (MaxMind's format). Without one, nobody guesses.
# database = "GeoLite2-Country.mmdb"

[privacy]
# "truncate" drops the last part of client addresses before they are stored; "hash", "keep".
client = "truncate"
# What looks like a person's number or address is marked, not kept, wherever it stands.
scrub = ["email", "resident_number", "card", "phone"]
# How long a browser without a cookie can be recognised: "stay", "monthly", "weekly", "daily".
visitor_salt = "stay"
# Lines that could not be parsed are kept whole, to be read again; "forget" keeps no byte of them.
rejects = "keep"

# Content categories and products by path. * stands for anything.
# [[categories]]
# category = "news"
# paths = ["/news/*"]

# [[products]]
# product = "annuity"
# category = "savings"  # what reports sum products up by
# paths = ["/products/annuity/*"]

# A goal is a hit that is a conversion; `value` is what one is worth.
# [[goals]]
# goal = "quote"
# paths = ["/quote/*/result"]
# value = 30000

# A target is so much of a goal (or of a measure) in each week, month, quarter or year.
# [[targets]]
# target = "quotes of the month"
# goal = "quote"
# period = "month"
# number = 400

# An event is something a visitor did that is no page; it keeps a session from being a bounce.
# [[events]]
# event = "brochure"
# paths = ["/downloads/*.pdf"]

# A funnel is steps in their order: paths, or an event, goal, category or product by its name.
# `within` is "session", or days such as "7 days" over the visits of one browser.
# [[funnels]]
# funnel = "quote"
# within = "session"
# steps = [{{ name = "product", paths = ["/products/*"] }}, {{ goal = "quote" }}]

# Days that are not like others of their weekday: `weblog report anomalies` says why.
# [[calendar]]
# day = 2025-10-06
# name = "Chuseok"

[site_search]
# The pages of the site's own search, and the parameters with the words. Left out, pages that
# end in /search and their like, and q, query, s, search, searchword, k, keyword.
# paths = ["/search"]
# parameters = ["q"]
least_visitors = 5  # rarer words are not told: people type names and numbers

[mail]
# The open pixel, the click redirect, and the parameter with the dispatch id, which the redirect
# also puts on the landing page; the parameter with where a link leads, and links to unsubscribe.
open_paths = []   # ["/m/open.gif"]
click_paths = []  # ["/m/go"]
# id_parameter = "d"
# target_parameter = "to"
unsubscribe_paths = []  # ["/m/unsubscribe"]
conversion_days = 14  # within which what people do counts, unless table mailings says otherwise
# Machines read mail, too: what happens sooner after sending, or clicks so many links at once.
machine_seconds = 60
machine_links = 3

# What a session's customer was at that moment: the first rule that holds. SQL conditions
# over the columns docs/segments.md lists.
[[segments]]
segment = "first-time anonymous"
when = "customer_id IS NULL AND is_new"

[[segments]]
segment = "anonymous"
when = "customer_id IS NULL"

# The first session after a year away; dormant is who has not come back yet.
[[segments]]
segment = "reactivated"
when = "is_visit AND days_since_last_visit >= 365"

[[segments]]
segment = "dormant"
when = "days_since_last_visit >= 365"

[[segments]]
segment = "churned"
when = "has_bought AND purchases_in_force = 0"

[[segments]]
segment = "VIP"
when = "grade = 'VIP'"

[[segments]]
segment = "customer"
when = "has_bought"

# Has bought nothing, but looked at so many pages about products in the last 90 days.
[[segments]]
segment = "prospect"
when = "interest >= 5"

[[segments]]
segment = "member"
when = "TRUE"

[tables]
# The company's own tables: CSV or Parquet, beside this file. docs/store.md lists columns.
# customers = "customers.csv"
# purchases = "purchases.csv"
# campaigns = "campaigns.csv"
# banners = "banners.csv"
# mailings = "mailings.csv"
# deliveries = "deliveries.csv"

# What an ad system calls a campaign whose links carry another name. docs/ad-costs.md
# [[ad_campaigns]]
# ad_campaign = "Kids - Autumn"
# campaign = "kids-autumn-2025"

[retention]
# Days after which `weblog retention` removes rows. Sessions and visitors stay.
# hits = 400
# rejects = 90
# page_views = 400

# Mail: the password comes from WEBLOG_SMTP_PASSWORD, or a file of mode 600, never from here.
# [smtp]
# host = "mail.example.com"
# sender = "Weblog <weblog@example.com>"
# user = "weblog"
# password_file = "smtp-password"

# Reports by mail: `weblog send weekly`.
# [[scheduled]]
# scheduled = "weekly"
# to = ["marketing@example.com"]
# days = 7
# reports = [{{ report = "summary" }}, {{ report = "channels" }}]

# Told when it begins and when it ends: `weblog alerts check`.
# [[alerts]]
# alert = "few conversions"
# measure = "conversions"
# change = "fall"
# percent = 40
# files = ["alerts.jsonl"]

[dashboard]
# Who logs in with the role viewer sees no group of fewer visitors.
# least_visitors = 5
# A login ends after so long without a request, and after so long in any case.
# idle_minutes = 60
# longest_hours = 12
# Groups of a proxy's login (`weblog serve --trust-header`) and the roles they give.
# groups = {{ "web-analysts" = "analyst", "marketing" = "marketer" }}
"""


def template(
    name: str = "My site",
    time_zone: str = "UTC",
    hosts: tuple[str, ...] = (),
    log_format: str | None = None,
) -> str:
    """Return the text of a site.toml with these settings filled in."""
    written = f"log_format = '{log_format}'" if log_format else '# log_format = "combined"'
    return _TEMPLATE.format(
        name=json.dumps(name, ensure_ascii=False),
        time_zone=json.dumps(time_zone),
        hosts=json.dumps(list(hosts), ensure_ascii=False),
        log_format=written,
    )
