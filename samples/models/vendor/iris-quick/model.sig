{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "f2c06d6446b07877c77726a2f6baf9e1f6d8f553bb109e19b8fcb5374fc62bde"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiaXJpcy1xdWljayIsImRpZ2VzdCI6eyJzaGEyNTYiOiI5OGQ1MTgwYmU1ZjZlNDBkNTU2ZDc0ZjA2ODQzYWE4ZjIxNDFkYzdjZGY4MjVkZTI3ZDQzYWM4MGE2OTZmNDA3In19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiJmNTk4M2IzZTk1OTdhNWM2YmU5YjgwN2Y1ODllYjAxYzg4ZGFjMjg3ZjZmZWJlNmI5NzMyYjhlZjY3ZjM5NWJhIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiY29uZmlnLmpzb24iLCJkaWdlc3QiOiI0MjgwOTU0YmVlM2YzYWJmZDZhZjIyYWEyMGQwYzRmNzY0ZDJlYjg1MGVmYmM5NzY1NDQzMjc1NDRlNzVkY2M5IiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoicHl0b3JjaF9tb2RlbC5iaW4iLCJkaWdlc3QiOiJmOTM0M2Q3ZDdlYzVjM2Q4YmNjZWQwNTZjNDM4ZmM5ZjFkMzgxOWU5Y2EzZDQyNDE4YTQwODU3MDUwZTEwZTIwIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoidG9rZW5pemVyX2NvbmZpZy5qc29uIiwiZGlnZXN0IjoiZTNiY2MxMTkwNzFlZGNiMjQwNjlhN2JmNWFkMjRkZGUxMjY2NWM1MWIzZjNmYWVhMmIzNzEyNThjN2YwZDBlYyIsImFsZ29yaXRobSI6InNoYTI1NiJ9XSwic2VyaWFsaXphdGlvbiI6eyJtZXRob2QiOiJmaWxlcyIsImhhc2hfdHlwZSI6InNoYTI1NiIsImFsbG93X3N5bWxpbmtzIjpmYWxzZSwiaWdub3JlX3BhdGhzIjpbIi5naXQiLCIuZ2l0YXR0cmlidXRlcyIsIi5naXRodWIiLCIuZ2l0aWdub3JlIiwibW9kZWwuc2lnIl19fX0=",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEUCIQCtfxHCtuWNlw/V6AKT0NEDzlwLVanbLSFPeZ8qWOkMLQIgXtKcSe93mgtsfrZ8CpH1SKWJFz+bU0jKN+anFH7aW5Y=",
        "keyid": ""
      }
    ]
  }
}
