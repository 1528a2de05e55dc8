"""Values for the template's parameters that have no default."""

REQUIRED = {
    "TwilioAccountSid": "AC" + "0" * 32,
    "BrandEn": "Nakhla Telecom",
    "BrandAr": "\u0646\u062e\u0644\u0629",
}
