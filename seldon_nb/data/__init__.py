"""A small real data set, so that the tutorial and the demo need no network.

``phishing.csv.gz``: 1,250 web sites, nine features, and whether each was a phishing site.  Source: N. Abdelhamid, "Website Phishing", UCI Machine
Learning Repository, https://doi.org/10.24432/C5B301, licence CC BY 4.0.  Features coded 0, 0.5, 1 as in the source's three levels.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_FILE = Path(__file__).parent / "phishing.csv.gz"


def phishing() -> tuple[pd.DataFrame, pd.Series]:
    """The features (1,250 rows, 9 columns: seven decimals, two integers) and the target (1 for a phishing site)."""
    import pandas as pd

    table = pd.read_csv(_FILE)
    return table.drop(columns="is_phishing"), table["is_phishing"]
