"""What mailings did: who was chosen, what the log tells of each mail, and what it changed.

``sent`` reads what was sent to whom, ``traces`` what the log has of it, ``machines`` sorts out what
was no person, ``recipients`` puts all of it beside each delivery, ``outcomes`` adds what customers
did afterwards, ``effect`` compares those written to with those held out.
"""
