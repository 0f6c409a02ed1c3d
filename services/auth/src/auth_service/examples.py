"""Examples for the API document."""

EMAIL, PASSWORD = "ann@example.com", "correct horse battery staple"
USER = {
    "id": "01939d5a-0000-7000-8000-000000000001",
    "email": EMAIL,
    "display_name": "Ann",
    "time_zone": "Europe/Helsinki",
    "week_start": "monday",
    "day_start_hour": 4,
    "daily_goal": 5,
    "created_at": "2026-12-01T09:30:00.123456Z",
}
TOKENS = {"access_token": "eyJ…", "token_type": "Bearer", "expires_in": 300, "refresh_token": "AQ…", "user": USER}
CREDENTIALS = {"email": EMAIL, "password": PASSWORD}
PASSWORD_FORM = {"grant_type": "password", "username": EMAIL, "password": PASSWORD}
REFRESH = {"refresh_token": "AQ…"}
REGISTRATION = CREDENTIALS | {"display_name": "Ann", "time_zone": "Europe/Helsinki"}
PASSWORD_CHANGE = {"current_password": PASSWORD, "new_password": f"{PASSWORD} 2"}
API_TOKEN = {
    "id": "01939d5a-0000-7000-8000-000000000002",
    "name": "Backup script",
    "scopes": ["todos:read"],
    "created_at": "2026-12-01T09:30:00.123456Z",
    "expires_at": "2027-12-01T00:00:00.000000Z",
    "last_used_at": None,
}
NEW_API_TOKEN = {"name": "Backup script", "scopes": ["todos:read"], "expires_at": "2127-12-01T00:00:00Z"}
CREATED_API_TOKEN = API_TOKEN | {"token": "tdb_0Bq3…"}
PROFILE = {"display_name": "Ann", "time_zone": "Europe/Helsinki", "daily_goal": 5}
FORGOTTEN = {"email": EMAIL}
MAIL_TOKEN = {"token": "pB3…"}
PASSWORD_RESET = MAIL_TOKEN | {"new_password": f"{PASSWORD} 3"}
EMAIL_CHANGE = {"new_email": "ann@example.org", "password": PASSWORD}
CODE = {"code": "123456"}
MFA = {"mfa_token": "pB3…", "code": "123456"}
TOTP = {
    "secret": "JBSWY3DPEHPK3PXP…",
    "uri": "otpauth://totp/Todobus:ann%40example.com?secret=…",
    "qr_svg": "<svg>…</svg>",
}
RECOVERY_CODES = {"recovery_codes": ["abcd-efgh-ijkl-mnop"]}
SECURITY = {
    "email_verified": True,
    "administrator": False,
    "password": True,
    "totp": True,
    "passkeys": 1,
    "recovery_codes_left": 10,
}
PASSKEY = {
    "id": "01939d5a-0000-7000-8000-000000000005",
    "name": "Phone",
    "created_at": "2026-12-01T09:30:00.123456Z",
    "last_used_at": None,
}
PASSKEY_OPTIONS = {"challenge": "pB3…", "rpId": "todo.example", "userVerification": "required", "timeout": 300000}
CREDENTIAL = {"id": "pB3…", "rawId": "pB3…", "type": "public-key", "response": {"clientDataJSON": "eyJ…"}}
NEW_PASSKEY = {"name": "Phone", "credential": CREDENTIAL}
PASSKEY_LOGIN = {"credential": CREDENTIAL, "refresh": "cookie"}
PROVIDER = {"id": "company", "name": "Company account"}
IDENTITY = {
    "id": "01939d5a-0000-7000-8000-000000000004",
    "provider": "company",
    "issuer": "https://id.example.com",
    "email": EMAIL,
    "created_at": "2026-12-01T09:30:00.123456Z",
    "last_used_at": "2026-12-02T07:15:00.000000Z",
}
REGISTRATION_MODE = {"registration": "open", "verify_email": "optional"}
ACCOUNT = {name: USER[name] for name in ("id", "email", "display_name", "created_at")} | {
    "last_used_at": "2026-12-02T07:15:00.000000Z",
    "email_verified": True,
    "administrator": False,
    "disabled": False,
}
LINK = "https://todo.example/register#invitation=pB3…"
RESET_LINK = {"link": "https://todo.example/reset-password#token=pB3…"}
INVITING = {"email": "ben@example.com", "days": 7}
INVITATION = {
    "id": "01939d5a-0000-7000-8000-000000000003",
    "email": "ben@example.com",
    "created_at": "2026-12-01T09:30:00.123456Z",
    "expires_at": "2026-12-08T09:30:00.123456Z",
}
PROOF = {"password": PASSWORD}
ACTIVITY = {
    "id": 4711,
    "at": "2026-12-01T09:30:00.123456Z",
    "event": "login",
    "session_id": "01939d5a-0000-7000-8000-000000000002",
    "ip": "203.0.113.7",
    "detail": "",
}
DELETION = {"password": PASSWORD}
