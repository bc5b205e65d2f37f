{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "6aacec78b0dbc312205f47d775d78da057e7ae65faece592361f0f867c7d0e3c"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiaXJpcy1iYXNlIiwiZGlnZXN0Ijp7InNoYTI1NiI6ImZhMzIwNDNjYTgyM2ViOGU0MjMyMjRmNjNiNzI1MGJjYzExNmMwYmNlOTNhNmYzNGViMmE3ZDI0NjBkMzAyNmQifX1dLCJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6IlJFQURNRS5tZCIsImRpZ2VzdCI6IjAxOTE0M2UxOTY5ZGUwMGE4NjdlMjExYzRjZDQwZmI3NjgzOWMzYjJkZjVkZjYwMzY0ZGVmNThhOTMwMmM2ODYiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJjb25maWcuanNvbiIsImRpZ2VzdCI6Ijc3NWY0M2E5YzU2MTIzYTY5MzllMjQ4Njc2N2Q4MzllNWFmMTYyYjgwNTcwOTQxZjU0YjhjOGQ0N2FhMDg2MzkiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJtb2RlbC5zYWZldGVuc29ycyIsImRpZ2VzdCI6IjQzZDRmN2RkYmZhMjEzNjAyYWVjZmEwYjhmZTdkMjhlY2NjMDBmZGMxZjQzNDdjYTU3ZDRkZDFhMDI1ZGNiMGMiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJ0b2tlbml6ZXJfY29uZmlnLmpzb24iLCJkaWdlc3QiOiI3YWMwZmNlNWQ5NWNmNmQ0YWZlYzkxMjJkZGYzMWM0ZWI2ZTEzMzNhYmUyNmFlOGExOTc5YWRlMjllMzE0N2Y4IiwiYWxnb3JpdGhtIjoic2hhMjU2In1dLCJzZXJpYWxpemF0aW9uIjp7Im1ldGhvZCI6ImZpbGVzIiwiaGFzaF90eXBlIjoic2hhMjU2IiwiYWxsb3dfc3ltbGlua3MiOmZhbHNlLCJpZ25vcmVfcGF0aHMiOlsiLmdpdCIsIi5naXRhdHRyaWJ1dGVzIiwiLmdpdGh1YiIsIi5naXRpZ25vcmUiLCJtb2RlbC5zaWciXX19fQ==",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MIGIAkIBguAqhzp1LcIzUX9tIZnhNE1UwJTZbWlHZYjlBTaHSkqkZtR9aL4Zgt9NvF2zqr1cF4NIAjD87eHt1DH8VzzSclMCQgD/2Z03ep32/8DGLVfFK6jSsABddvVNnZDNJPuib3eilLgMDAx06UhpxtQkiAXr9XS4zxoom9reJqZpHxS1dgPoWQ==",
        "keyid": ""
      }
    ]
  }
}
