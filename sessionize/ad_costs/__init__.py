"""What ad systems export: cost, impressions and clicks by day and campaign."""

from sessionize.ad_costs.load import CostsLoad, load_costs
from sessionize.ad_costs.systems_known import systems

__all__ = ["CostsLoad", "load_costs", "systems"]
