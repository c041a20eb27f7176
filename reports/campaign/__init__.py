"""What campaigns bring and cost: costs, the sessions they are set against, goals, tags.

Pure: functions of frames. :mod:`reports.campaign.costs` and :mod:`reports.campaign.reached` read
tables of a store; the reports are in :mod:`reports.answers`.
"""
