"""Estimators with the interface of scikit-learn, for pipelines and searches."""
