"""The data sets, one a file: `from seqkit.datasets.demo_weather import load`.

In a checkout they stand in the top-level folder `datasets`; an installed package holds them here.
"""

from seqkit.checkout import source_dir

__path__ += source_dir("datasets")
