"""Touches to paths to credits: who is credited with a conversion, model by model.

Pure: functions of arrays and frames; :mod:`reports.touches` reads them from a store. A new model
is a file here and a row of :data:`reports.attribution.models.MODELS`.
"""
