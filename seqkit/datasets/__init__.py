"""Public and simulated data sets, one per file: `from seqkit.datasets.demo_weather import load`.

In a checkout they are in the top-level folder `datasets`; an installed package contains them here.
"""

from seqkit.checkout import source_dir

__path__ += source_dir("datasets")
