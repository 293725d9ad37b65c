"""What Prometheus reads at `metrics`: what the parts of the running bridge count anyway, looked up when it is asked."""
