"""Which columns of each report a table for people shows, and what it can do without."""

from __future__ import annotations

from typing import Final

BRIEF: Final = (
    "page_views",
    "sessions",
    "segment_sessions",
    "segment_share",
    "share_low",
    "share_high",
    "customers",
    "visitors",
    "new_visitors",
    "logins",
    "logins_per_session",
    "logins_per_visitor",
    "dwell_s",
    "entries",
    "exits",
    "bounce_rate",
    "conversions",
    "conversion_rate",
    "value",
    "previous_page_views",
    "previous_sessions",
    "change",
)
"""The numbers a table shows where it is not asked for all of them, in this order."""

WHOLE: Final = ("summary", "changes", "transitions", "cohorts", "flows")
"""Reports that are narrow as they are."""

CHOSEN: Final = {
    "campaign_results": (
        *("date", "segment", "channel", "source", "medium", "campaign", "content", "keyword"),
        *("sessions", "new_visitors", "engagement_rate", "bounce_rate", "signups", "conversions"),
        *("conversion_rate", "value", "cost", "cpa", "cpa_low", "cpa_high", "roas", "change"),
    ),
    "reconciliation": (
        *("part", "date", "lines", "page", "event", "static", "bot", "error", "internal"),
        *("other", "rejects", "skipped", "erased"),
    ),
    "goals": (
        *("target", "goal", "measure", "start", "end", "so_far", "number", "progress", "expected"),
        *("projection", "low", "high", "needed_per_day", "state"),
    ),
    "campaign_effect": (
        *("when", "visits", "name", "left", "right", "difference", "low", "high", "change"),
        "beyond_chance",
    ),
    "landing_pages": (
        *("campaign", "entry_page", "sessions", "share", "bounce_rate", "bounce_low"),
        *("bounce_high", "conversions", "conversion_rate", "value", "duration_s", "change"),
    ),
    "campaign_paths": (
        *("campaign", "conversions", "share", "value", "first_touch", "last_touch", "assisted"),
        *("touches", "lag_days_median", "lag_days_q3", "lag_sessions_median"),
    ),
    "tagging": ("finding", "field", "value", "meant", "count", "counted", "example", "to_do"),
    "attribution": (
        *("model", "name", "conversions", "low", "high", "share", "value", "difference"),
        *("difference_low", "difference_high", "touched"),
    ),
    "anomalies": (
        *("part", "series", "date", "reason", "value", "expected", "expected_low"),
        *("expected_high", "difference", "change", "change_low", "change_high"),
    ),
    "banners": (
        *("campaign", "portal", "position", "banner", "date", "impressions", "clicks", "cost"),
        *("ctr", "landings", "sessions", "new_visitors", "signups", "conversions"),
        *("conversion_rate", "cpc", "cpa", "roas"),
    ),
    "banner_gap": (
        *("campaign", "portal", "position", "banner", "date", "step", "known", "clicks", "low"),
        *("high", "share", "share_low", "share_high"),
    ),
    "creatives": (
        *("campaign", "measure", "left_banner", "right_banner", "left", "right", "difference"),
        *("low", "high", "beyond_chance", "same_place"),
    ),
    "recommendation_quality": (
        *("kind", "goal", "method", "is_served", "customers", "candidates", "hit_rate_at_1"),
        *("hit_rate", "ndcg", "gain", "gain_low", "gain_high"),
    ),
    "live": (
        *("part", "name", "channel", "status", "at", "active", "visitors", "page_views"),
        *("conversions", "value", "errors", "server_errors", "delay_s"),
    ),
    "bots": (
        *("part", "name", "sort", "purpose", "level", "hits", "page_hits", "bytes", "visitors"),
        "share",
    ),
    "compare": (
        *("part", "name", "left", "right", "difference", "low", "high", "z", "beyond_chance"),
    ),
    "cross": (
        *("row_value", "column_value", "sessions", "expected", "ratio", "z", "beyond_chance"),
        *("row_share", "engagement_rate", "conversion_rate", "low", "high"),
    ),
    "segment_table": (
        *("segment", "visitors", "customers", "sessions", "visits_per_week", "views_per_session"),
        *("engagement_rate", "conversion_rate", "low", "high", "purchases", "premium"),
        *("top_categories", "top_product_categories", "top_products"),
    ),
    "exit_pages": (
        *("exit_page", "views", "sessions", "exit_rate", "exit_low", "exit_high", "share"),
        *("visitors", "bounces", "conversion_rate", "previous_sessions", "change"),
    ),
    "paths": (
        *("path", "paths", "sessions", "share", "cut", "looped", "conversion_rate"),
        *("previous_sessions", "change"),
    ),
    "next_pages": (
        *("page", "beside", "is_end", "views", "page_views", "share", "low", "high"),
        *("previous_share", "difference", "difference_low", "difference_high"),
    ),
    "funnel": (
        *("kind", "name", "step", "step_name", "reached", "rate", "low", "high", "overall_rate"),
        *("lost", "left", "next_page", "next_page_lost", "median_s"),
        *("previous_rate", "difference", "difference_low", "difference_high"),
    ),
    "search_terms": (
        *("term", "terms", "searches", "share", "visitors", "exit_rate", "refined"),
        *("next_page", "conversion_rate", "previous_searches", "change"),
    ),
    "definitions": (
        *("part", "rules", "sessions", "difference", "views_per_session", "visitors"),
        *("new_visitors", "bounce_rate", "engagement_rate", "duration_s", "why"),
    ),
    "history": (
        *("part", "measure", "date", "source", "imported", "own", "imported_days", "own_days"),
        *("ratio", "lowest", "highest"),
    ),
    "activity": (
        *("part", "month", "segment", "band", "customers", "of_customers", "share", "low", "high"),
        *("logins", "logins_per_customer"),
    ),
    "lifecycle": (
        *("part", "month", "stage", "stage_to", "people", "from_people", "came", "went"),
        *("rate", "low", "high"),
    ),
    "preference": (
        *("group", "name", "page_views", "visitors", "dwell_s", "share", "everyone_share"),
        *("index", "low", "high", "beyond_chance", "change"),
    ),
    "customer_preference": (
        *("customer_id", "segment", "rank", "name", "page_views", "last_seen", "dwell_s"),
        *("index", "low", "high", "weight"),
    ),
    "associations": (
        *("content", "product", "readers", "takers", "both", "confidence", "expected"),
        *("lift", "low", "high", "beyond_chance"),
    ),
    "mailings": (
        *("mailing", "name", "sent_on", "chosen", "held_out", "sent", "delivered", "opened"),
        *("open_rate", "clicked", "click_rate", "visited", "converted", "bought", "unsubscribed"),
        *("opened_raw", "clicked_raw"),
    ),
    "mailing_effect": (
        *("mailing", "name", "written", "written_converted", "written_rate", "control"),
        *("control_converted", "control_rate", "difference", "difference_low"),
        *("difference_high", "verdict"),
    ),
    "mail_times": (
        *("mailing", "name", "event", "delivered", "happened", "hours_q1", "hours_median"),
        *("hours_q3", "q5", "q10", "q25", "q50"),
    ),
    "mail_recipients": (
        *("mailing", "customer_id", "segment", "variant", "is_held_out", "bounced", "opened_at"),
        *("clicked_at", "visited_at", "visits", "goals", "bought_on", "bought_value"),
    ),
    "mail_robots": (
        *("trace", "rule", "traces", "share", "deliveries", "only_machines", "meaning_en"),
    ),
    "interest_to_purchase": (
        *("product", "segment", "viewers", "viewers_bought", "viewed_rate", "others"),
        *("others_bought", "others_rate", "difference", "difference_low", "difference_high"),
        "beyond_chance",
    ),
    "time_to_purchase": (
        *("product", "viewers", "viewers_bought", "days_q1", "days_median", "days_q3"),
        *("q25", "q50", "q75"),
    ),
    "interest_gap": (
        *("product", "visitors", "interest_share", "buyers", "purchase_share", "rank_gap"),
        *("ratio", "low", "high", "reading"),
    ),
}
"""Reports whose table shows just these columns, in this order."""

PART: Final = {
    "time_to_purchase": ("summary",),
    "mail_times": ("summary",),
    "campaign_paths": ("summary",),
    "anomalies": ("anomaly", "step"),
    "live": ("total", "page", "source", "goal", "error"),
}
"""Reports of which a table shows some parts: the others are for figures and programs."""

DISPENSABLE: Final = (
    "opened_raw",
    "clicked_raw",
    "held_out",
    "chosen",
    "duration_s",
    "touches",
    "lag_days_q3",
    "bounce_low",
    "bounce_high",
    "counted",
    "needed_per_day",
    "top_product_categories",
    "difference_low",
    "difference_high",
    "next_page_lost",
    "previous_share",
    "previous_rate",
    "looped",
    "previous_searches",
    "from_names",
    "to_names",
    "refined",
    "overall_rate",
    "median_s",
    "share_low",
    "share_high",
    "previous_sessions",
    "previous_page_views",
    "exits",
    "entries",
    "value",
    "logins_per_visitor",
    "logins_per_session",
    "new_visitors",
    "dwell_s",
    "conversions",
    "content",
    "medium",
    "change",
    "logins",
    "conversion_rate",
    "visitors",
    "top_products",
    "customers",
    "purchases",
    "low",
    "high",
    "signups",
    "engagement_rate",
    "bounce_rate",
    "roas",
    "cpa_high",
    "cpa_low",
    "lag_sessions_median",
    "assisted",
    "share",
    "projection",
    "expected",
    "measure",
    "start",
    "example",
    "field",
)
"""What a narrow terminal does without, first to go first."""

KEPT: Final = {
    "tagging": ("value",),
    "landing_pages": ("bounce_rate", "conversion_rate"),
}
"""What a report would say nothing without, however narrow the terminal."""

LEFT_OUT: Final = (
    "is_other",
    "is_all",
    "small",
    "spark",
    "unit",
    "numerator",
    "denominator",
    "day_index",
)
"""What only programs need; few cases are marked, and programs get everything."""

OF_NO_PERIOD: Final = frozenset({"live"})
"""Reports whose title names no days."""
