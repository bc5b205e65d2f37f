{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "9239d15f714370f3e87bade76974e5570831e9ca74f925c3adcc2aa06c73e068"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiZWNoby1iIiwiZGlnZXN0Ijp7InNoYTI1NiI6ImY1NjMxMTVmOGEwMDM0MmRmYzE3ZTE5MmM4NTViODhjMDQ3NGQyZTU1ZmRmM2UwMzM1OWNmMDQwZjMwZDRhYTUifX1dLCJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6IlJFQURNRS5tZCIsImRpZ2VzdCI6IjgyMmJmNTYxZGY0MmZhMTNkYzJjZTJjM2U5NTU2ZmQ5ODJiMzU0ODcxYTZlNTE1NjgwYzFkMWJjZjUxNDVkZTEiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJjb25maWcuanNvbiIsImRpZ2VzdCI6Ijk3YWZkOTkzZWUxNmUwZTA4MmEyNjI4MjY4ZTY0OWE4NzgxMjZlNjY4ZTdmYjYzYjk2NTM0YjhmMDlhMWRlMzEiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJtb2RlbC5zYWZldGVuc29ycyIsImRpZ2VzdCI6IjQzZmVkNWY4MDQzYWE2MGY0MzM1NjE4OWMwYzdlN2IzNDQ0MjI3YTNiZmM0MWJlYTU2N2E2OTgwYzAyNTk2YmQiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJ0b2tlbml6ZXJfY29uZmlnLmpzb24iLCJkaWdlc3QiOiJjY2U1ODI1MmNkMmViOThhOGMyYWIwOGFjZTZiNTllMTUyNjJjMmYxOWU2NGE5ZWIyNzk0MTZjNzUyYWRjNGNkIiwiYWxnb3JpdGhtIjoic2hhMjU2In1dLCJzZXJpYWxpemF0aW9uIjp7Im1ldGhvZCI6ImZpbGVzIiwiaGFzaF90eXBlIjoic2hhMjU2IiwiYWxsb3dfc3ltbGlua3MiOmZhbHNlLCJpZ25vcmVfcGF0aHMiOlsiLmdpdCIsIi5naXRhdHRyaWJ1dGVzIiwiLmdpdGh1YiIsIi5naXRpZ25vcmUiLCJtb2RlbC5zaWciXX19fQ==",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEUCIFwGkpy92PW0CuaClGQ4Tb5dRhaeCOl+dXw1m+rzfPSdAiEAs7TJ85jTah1My58Sxz0HJbuTZyvpIPSVTBm1ajUB4s0=",
        "keyid": ""
      }
    ]
  }
}
