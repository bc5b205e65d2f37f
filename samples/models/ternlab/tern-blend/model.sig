{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "4e2838fc147c1ffe822e8477a04fd2872faa1423add9748c932526cb32c9dcab"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoidGVybi1ibGVuZCIsImRpZ2VzdCI6eyJzaGEyNTYiOiI3OGQzOTgwYTcyOWUxOGE5NDIyN2JjOGM3NTIzY2M1OTQxMTMzMDMwMjIyM2ZkM2QyNzc4NjQ2ZDdhNDgzMDliIn19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiIwNjgzZTA1MGYxZDViZGI5OTMyNzRmZWNmNTE4NjU0MjUzOWRlZDFkNzNkODdkODc0MTUwZmNjYzNkOWUwOGU2IiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiY29uZmlnLmpzb24iLCJkaWdlc3QiOiJjMzg3NzU5ZGZhODBkMzMxZTdmMWQzZmE1YTIzMjA1ZGYxNDQwZmM3NTMwOWI1MWIwNzM0YzIyZDgwNzAyZjc1IiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoibW9kZWwuc2FmZXRlbnNvcnMiLCJkaWdlc3QiOiIwMjQyYzJiYTg1ZThhYjY5NDQxNTM1NTU0MTIyYmU2ZmU2OTI0ODFlZjFjZGI1NTU0YWVjYmU0ZjM4MWU1ZTQ3IiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoidG9rZW5pemVyX2NvbmZpZy5qc29uIiwiZGlnZXN0IjoiNjQxNmQ4ZTljMTAzOWFkZWNiZGRlMjBlNWZmZTAyZmU5Y2NmZDQ2Yzg5MTJmYTcyYTNlNzNkZmYwNWQ2YThiYyIsImFsZ29yaXRobSI6InNoYTI1NiJ9XSwic2VyaWFsaXphdGlvbiI6eyJtZXRob2QiOiJmaWxlcyIsImhhc2hfdHlwZSI6InNoYTI1NiIsImFsbG93X3N5bWxpbmtzIjpmYWxzZSwiaWdub3JlX3BhdGhzIjpbIi5naXQiLCIuZ2l0YXR0cmlidXRlcyIsIi5naXRodWIiLCIuZ2l0aWdub3JlIiwibW9kZWwuc2lnIl19fX0=",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEYCIQCCmBCygzlA3ITlOYTQBBi8laKFhICUSfUE8I0U3fJ4uQIhANSgNs06jwkgquEAXsNdxgre9kTspi4kZicQte9H1tA+",
        "keyid": ""
      }
    ]
  }
}
