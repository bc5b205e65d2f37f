{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "17a88cde350df6bee9e40e58611bccffc8d5f2744ca706293b9b4f5cdbbfd7d0"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiZWNoby1iIiwiZGlnZXN0Ijp7InNoYTI1NiI6ImY1NjMxMTVmOGEwMDM0MmRmYzE3ZTE5MmM4NTViODhjMDQ3NGQyZTU1ZmRmM2UwMzM1OWNmMDQwZjMwZDRhYTUifX1dLCJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6IlJFQURNRS5tZCIsImRpZ2VzdCI6IjgyMmJmNTYxZGY0MmZhMTNkYzJjZTJjM2U5NTU2ZmQ5ODJiMzU0ODcxYTZlNTE1NjgwYzFkMWJjZjUxNDVkZTEiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJjb25maWcuanNvbiIsImRpZ2VzdCI6Ijk3YWZkOTkzZWUxNmUwZTA4MmEyNjI4MjY4ZTY0OWE4NzgxMjZlNjY4ZTdmYjYzYjk2NTM0YjhmMDlhMWRlMzEiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJtb2RlbC5zYWZldGVuc29ycyIsImRpZ2VzdCI6IjQzZmVkNWY4MDQzYWE2MGY0MzM1NjE4OWMwYzdlN2IzNDQ0MjI3YTNiZmM0MWJlYTU2N2E2OTgwYzAyNTk2YmQiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJ0b2tlbml6ZXJfY29uZmlnLmpzb24iLCJkaWdlc3QiOiJjY2U1ODI1MmNkMmViOThhOGMyYWIwOGFjZTZiNTllMTUyNjJjMmYxOWU2NGE5ZWIyNzk0MTZjNzUyYWRjNGNkIiwiYWxnb3JpdGhtIjoic2hhMjU2In1dLCJzZXJpYWxpemF0aW9uIjp7Im1ldGhvZCI6ImZpbGVzIiwiaGFzaF90eXBlIjoic2hhMjU2IiwiYWxsb3dfc3ltbGlua3MiOmZhbHNlLCJpZ25vcmVfcGF0aHMiOlsiLmdpdCIsIi5naXRhdHRyaWJ1dGVzIiwiLmdpdGh1YiIsIi5naXRpZ25vcmUiLCJtb2RlbC5zaWciXX19fQ==",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEUCIQDaWflU5uv04SakArMTx5wt8qNGQtnDhu4vy7nEIEuNTgIgNxqlhV3ccq1N1VnXhLTgg/ev5AFV0CvnJ0EVQj2hTC4=",
        "keyid": ""
      }
    ]
  }
}
