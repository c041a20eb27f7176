"""The file of rules that ``weblog rules init`` writes: ready rules for most companies."""

from __future__ import annotations

from typing import Final

TEMPLATE: Final = '''\
# Whom to write to next: rules over what is known of each customer.
#
# `weblog rules check` looks for mistakes and conflicts; `weblog rules explain CUSTOMER` shows what
# each rule says of one; `weblog target NAME --day DAY --out FILE.csv` makes the list of a rule or
# of a list. docs/rules.md lists the columns a condition may name.

[contact]
# What holds for every list that does not say otherwise.
channel = "email"     # or "sms": only who consents to it in the register is written to
most = 2              # contacts at the most ...
within_days = 14      # ... in so many days in a row, whatever list they are from
rest_days = 3         # and none so few days around another
held_out = 0.1        # share that is by lot not written to, to know what the rest would have done
stratify_by = "segment"  # lots are drawn in each value of this column by itself
seed = "1"            # another seed draws other lots

# A list may say otherwise:
# [[lists]]
# list = "maturity"
# held_out = 0.05

# Who has never logged in has no customer number and no consent: nobody can write to them. The
# first who can be written to are those who have just registered.
[[rules]]
rule = "welcome"
list = "first purchase"
priority = 20         # of the rules of a list that hold, the one with the greatest wins
when = "days_since_joined <= 14 AND NOT has_bought"
offer = "welcome guide"
message.en = "Welcome. Here is how to find what suits you."
message.ko = "회원이 되신 것을 환영합니다. 나에게 맞는 상품을 찾는 방법을 알려 드립니다."
# from = 2025-01-01   # the first and the last day the rule is for; always without
# until = 2025-12-31

# Member to first purchase: has bought nothing, but looks at products.
[[rules]]
rule = "first purchase: interested"
list = "first purchase"
priority = 10
when = "NOT has_bought AND interest >= 3"
offer = "consultation"
message.en = "You have looked at {top_product|our products} lately. May we answer your questions?"
message.ko = "최근 살펴보신 {top_product|상품}에 대해 궁금한 점을 상담해 드립니다."

# First to repeat purchase: looks at a product that is not among those held.
[[rules]]
rule = "repeat purchase: looking around"
list = "repeat purchase"
when = """
purchases_in_force >= 1 AND days_since_purchase >= 90 AND top_product_views >= 2
AND NOT ARRAY_CONTAINS(products_held, top_product)
"""
offer = "consultation"
message.en = "You hold {products_held|a contract}. Have a look at {top_product}, too."
message.ko = "{products_held|기존 상품} 고객님께 {top_product} 상품을 안내해 드립니다."

# A contract that runs out soon (column `matures` of purchases).
[[rules]]
rule = "maturity in 20 days"
list = "maturity"
when = "days_to_maturity <= 20"
offer = "renewal"
message.en = "Your {maturing_product|contract} runs out on {next_maturity}."
message.ko = "{maturing_product|계약}의 만기일은 {next_maturity}입니다."

# Not seen for half a year.
[[rules]]
rule = "win back"
list = "win-back"
when = "days_since_last_visit >= 180"
offer = "what is new"
message.en = "We have not seen you since {last_visit}. Here is what is new."
message.ko = "{last_visit} 이후 뵙지 못했습니다. 새로운 소식을 전해 드립니다."
'''
