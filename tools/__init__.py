"""Scripts that remake what is committed: pictures, samples, the README's figures."""
