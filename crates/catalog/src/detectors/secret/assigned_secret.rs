//! Passwords and keys of any service, told by the name in front of them.

use sievert_detect::{Anchored, Borders, Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.assigned_secret",
    title: "Password or key behind its name",
    about: "A value that something assigns to a password, secret or token, in code, settings or prose (`the password is \
            ...`), or a cell in a field of that name. Variables, expressions, types, plain words and stand-ins are left \
            out, and with them passwords that look like such.",
    sources: &["https://cwe.mitre.org/data/definitions/798.html"],
    aliases: &["PASSWORD", "PASSWORD_ASSIGNMENT", "GENERIC_SECRET", "API_KEY"],
    category: Category::Credential,
    placeholder: "SECRET",
    // What is longer than anybody types was drawn, of the characters of keys; what was typed may hold any sign. The third
    // shape is that of Python's `b'...'`, with its marks.
    labelled: r#"[^\s"'`<>,;(){}\[\]:=|\\](?:[0-9A-Za-z+/_.~-]{3,}={0,2}|[^\s"'`\\]{3,127})|[bBrRuU]["'][^\s"'`\\]{4,127}["']"#,
    labels: &[
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "pass",
        "passcode",
        "pw",
        "pgpassword",
        "passwort",
        "kennwort",
        "contraseña",
        "contrasena",
        "senha",
        "wachtwoord",
        "mot de passe",
        "hasło",
        "пароль",
        "lösenord",
        "passord",
        "adgangskode",
        "salasana",
        "heslo",
        "jelszó",
        "şifre",
        "κωδικός",
        "סיסמה",
        "كلمة المرور",
        "mật khẩu",
        "密码",
        "密碼",
        "パスワード",
        "비밀번호",
        "identified by",
        "requirepass",
        "masterauth",
        "wifi key",
        "wpa key",
        "api key",
        "apikey",
        "api token",
        "api secret",
        "secret",
        "secret key",
        "secret key base",
        "client secret",
        "app secret",
        "consumer secret",
        "secret token",
        "auth token",
        "access token",
        "refresh token",
        "session token",
        "private token",
        "bot token",
        "deploy token",
        "discord token",
        "oauth token",
        "service token",
        "telegram token",
        "user token",
        "access key",
        "encryption key",
        "signing key",
        "master key",
        "credential",
        "auth key",
        // Grown together with what they open, as code spells names: behind a blank or sign the word alone is the label.
        "adminpassword",
        "clientpassword",
        "connectionpassword",
        "dbpass",
        "dbpasswd",
        "dbpassword",
        "dbpwd",
        "ftppassword",
        "jdbcpassword",
        "jwtsecret",
        "keypassword",
        "keystorepassword",
        "ldappassword",
        "loginpassword",
        "mailpassword",
        "masterpassword",
        "mysqlpassword",
        "newpassword",
        "oldpassword",
        "rootpassword",
        "servicepassword",
        "setpassword",
        "smtppassword",
        "sqlpassword",
        "sshpassword",
        "truststorepassword",
        "userpass",
        "userpasswd",
        "userpassword",
        "userpwd",
        "webhooksecret",
    ],
    // Else the validator would be asked about each beginning of a value.
    borders: Borders::Latin,
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        "password = \"[[tr0ub4dor&3]]\"",
        "The password is [[hunter2]].",
        "DB_PASSWORD=[[Zk3vQ9dX]]",
        "\"client_secret\": \"[[p8e-ibndcvsmAp9ZgPBZ606FSlYIZVlsZ-g5]]\"",
        "apiKey: '[[951bc382db9abad29c68634761dd6e19]]',",
        "password => '[[4ian1234]]'",
        "#access_token=[[2YotnFZFEjr1zCsicMWpAA]]&state=xyz&token_type=Bearer",
        "my_password := \"[[super$ecret]]\"",
        "Passwort: [[Sommer2024!]]",
        "password: [[no!way42]]",
        "Das Kennwort lautet [[Sommer2024!]]",
        "パスワード：[[Natsu2024]]",
        "CREATE USER anna IDENTIFIED BY '[[hunter2]]';",
        "ALTER USER anna WITH PASSWORD '[[hunter2]]';",
        "requirepass [[hR8sT2kLq9]]",
        "USER: anna\nPASS: [[hunter2]]\n",
        "machine api.example.org login anna password [[hZ4q8vLw2k]]",
        "deploy --host db1 --password [[hZ4q8vLw2k]] --dry-run",
        "MY_SERVICE_TOKEN=[[f83hs9Dk2lQp0vNx71Zb]]",
        "curl -H 'X-Api-Key: [[hR8sT2kLq9ZxW4vB7nM1]]' https://api.example.org",
        "ENV DB_PASSWORD [[hR8sT2kLq9]]",
        "setx API_KEY [[hR8sT2kLq9]]",
        "for the file: password [[JDbkmuyw8ygu7]].",
        "password = [[b'hR8sT2kLq9']]",
        "SECRET_KEY = '[[q7e^cmago!%(^+=gr@cu@v9-v7ulhbk2s3!w&39w4+n3*k*$]]'",
        "\"password\": \"[[k4(Tz,9;w{Q]]\"",
        "/login?next=%2Fin%3Fuser%3Danna%26password%3D[[hR8sT2kLq9]]%26lang%3Den",
        "/login?next=%2Fin%3Fapi_key%3D[[hR8s%2BT2kLq9]]&lang=en",
        "GET /v1/orders?access_token=[[hR8sT2kLq9ZxW4vB7nM1]]&page=2 HTTP/1.1",
        "GET /v1/orders?page=2&api_key=[[hR8sT2kLq9ZxW4vB7nM1]] HTTP/1.1",
        "<add key=\"ApiKey\" value=\"[[hR8sT2kLq9ZxW]]\" />",
        "env:\n  - name: DB_PASSWORD\n    value: \"[[hR8sT2kLq9]]\"\n",
        "javax.net.ssl.trustStorePassword=[[hR8sT2kLq9]]",
        "  databasePassword: [[hR8sT2kLq9]]",
        "\"currentPassword\": \"[[hR8sT2kLq9]]\",",
        "rabbitMQPassword = '[[hR8sT2kLq9]]'",
        "config.setPassword(\"[[hunter2]]\");",
        ".password('[[hunter2]]')",
        "PASSWORD_PROD=[[hR8sT2kLq9]]",
        "  clientSecretLive: '[[hR8sT2kLq9]]',",
        "  db_password_2: [[hR8sT2kLq9]]",
        "\"password2\": \"[[hR8sT2kLq9]]\",",
        "os.environ[\"API_KEY_LIVE\"] = \"[[hR8sT2kLq9ZxW]]\"",
        "- name: CLIENT_SECRET_STAGING\n  value: [[hR8sT2kLq9]]\n",
        "<add key=\"ApiKey-Prod\" value=\"[[hR8sT2kLq9ZxW]]\" />",
    ],
    counter_examples: &[
        "password = ${DB_PASSWORD}",
        "password: process.env.DB_PASSWORD",
        "password = os.environ[\"PW\"]",
        "password = getPassword1()",
        "password: <password>",
        "\"password\": \"changeme\"",
        "password: String,",
        "let secret = config.secret2;",
        "the password is incorrect",
        "PASS: parser7 reads a comment",
        "--- PASS: TestLogin2 (0.00s)",
        "PASS: gdb.ada/assign_1.exp: changing the language",
        "PASS: gdb.dwarf2/dw2-lines.exp: cv=2",
        "a type identified by 0b0001",
        "do not pass --ipv6 on",
        "DEVSTAT_TYPE_PASS = 0x100,",
        "const WPS_PASSWORD_ID: i32 = 2i32;",
        "password required",
        "the login password recovery2 page",
        "--password FILE, --api-key KEY, --password-file",
        "see --password --api-key2",
        "password: ********",
        "secret agent007",
        "password = user.password1",
        "pw = res1.model.penalty_weight",
        "passwordLabel: \"Password:\"",
        "this.addPassword = \"#add-password\"",
        "config.setPassword(password1)",
        "env.password(\"DB_PASSWORD_2\")",
        "api_key = settings.API_KEY_2",
        "access_token: \"your-access-token-1\"",
        "secret: &'a str",
        "password=test1234",
        "&ldquo;secret:1&rdquo;",
        "$password = $_POST['password1'];",
        "password: /run/secrets/db1",
        "the ENV password recovery2",
        "the password iPhone14ProMax asks for",
        "password: \"{{lookup('env','PW')}}\"",
        "password=\"<%=ENV['DB_PASSWORD_2']%>\"",
        "password=hash(user2,salt3);",
        "password = b'changeme'",
        "?q=password%3Drecovery&lang=en",
        "?next=%2Fin%3Fpassword%3D%7Bpassword1%7D",
        "<add key=\"ApiKey\" value=\"\" />",
        "<input name=\"password\" value=\"{{ form.password1 }}\">",
        "the password value recovery2",
        "\"arn:aws:secretsmanager:us-west-2:123456789012:secret:OrdersDatabase-a1b2c3\"",
        "SECRET_ARN=arn:aws:secretsmanager:us-west-2:123456789012:secret:Orders-a1b2c3",
        "api_key_id=key-20240101-2",
        "OS_CREDENTIAL_DUMPING: T1003",
        "call(secret1=secret1, encryption_key_sha256=encryption_key_sha256)",
        "SECRET_PARTIAL = r'(?P<secret>[a-zA-Z0-9-_]{1,255})'",
        "password_file=db1secrets",
        "passwordField = 'db1secrets'; clientSecretName: 'db1secrets'",
        "password_file_2: \"db1secrets\"",
        "secret_name: \"db1secrets\"",
        "token_type=bearer2, access_token_type=bearer2",
        "secret_count = n12x4",
        "password_changed_at: 2t7k0x4",
        "password_prod is hR8sT2kLq9",
        "let secret_expander = TLS13_CHACHA20_POLY1305_SHA256_INTERNAL;",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let value = c.text.trim_end_matches(['.', '!', '?']);
    if value != c.text && !c.text.ends_with('!') {
        return Verdict::No;
    }
    let quote = c.before().chars().next_back().filter(|last| "\"'`".contains(*last));
    if c.anchored == Anchored::Field {
        // What a test let pass, how wide a curve is.
        let measured = is_number(c.text) || c.text.contains('.') && c.text.parse::<f64>().is_ok();
        // A line `value: "..."`, of which the line before is the name.
        let quoted =
            quote.and_then(|mark| c.after().strip_prefix(mark)).is_some_and(|rest| matches!(rest, "" | ","));
        let whole = c.after().is_empty() || quoted;
        return Verdict::plain(whole && !measured && !secrecy::is_placeholder(c.text));
    }
    if let Some(inner) = literal(c.text) {
        return Verdict::plain(
            secrecy::is_given(c.before())
                && !inner.contains("(?")
                && !secrecy::is_placeholder(inner)
                && secret(inner, true),
        );
    }
    let whole = match quote {
        Some(quote) => c.after().starts_with([quote, '\\']),
        None => {
            c.after().starts_with(|next: char| next.is_whitespace() || ",;&.<".contains(next))
                || c.after().is_empty()
                || secrecy::is_quoted_with_name(c.before(), c.after())
        }
    };
    // Asked first: what stands behind a name can end in as many places as it is long.
    if !whole || of_arn(c.before()) || !assigned(c.before()) && !is_mixed(c.text) {
        return Verdict::No;
    }
    // `pw = model1.weight`: an object, of which an attribute is meant.
    let object =
        c.after().strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
    if quote.is_none() && (object || passed(c) || is_number(c.text) || is_code(c.text) || is_its_name(c)) {
        return Verdict::No;
    }
    if quote.is_none() && c.text.contains(['<', '>', ',', ';', '(', ')', '{', '}', '[', ']']) {
        return Verdict::No;
    }
    if quote.is_some() && is_drawn(c.text) {
        return Verdict::Plain;
    }
    // A query goes on, or a character reference of HTML: the shorter candidate is the value.
    if c.text.contains('&') && (c.text.contains('=') || c.after().starts_with(';')) {
        return Verdict::No;
    }
    Verdict::plain(!secrecy::is_placeholder(c.text) && secret(c.text, quote.is_some()))
}

const VERBS: [&str; 6] = ["is", "was", "ist", "lautet", "est", "es"];

/// What gives a value with no sign between: settings of Redis and, with marks around it, SQL.
const GIVING: [&str; 4] = ["requirepass", "masterauth", "identified by '", "with password '"];

/// Whether a sign, a call or a verb gives the value to what stands before it: `password required` gives nothing.
fn assigned(before: &str) -> bool {
    let lead = before.trim_end_matches(|b: char| b.is_whitespace() || "\"'`\\*(".contains(b));
    secrecy::is_given(before)
        || before.strip_suffix(['"', '\'']).is_some_and(|call| call.ends_with('('))
        || of_netrc(lead)
        || lead.split_whitespace().next_back().is_some_and(|name| name.len() > 2 && name.starts_with("--"))
        || GIVING.iter().any(|words| {
            let text = if words.ends_with('\'') { before } else { lead };
            let end = text.len().checked_sub(words.len()).and_then(|at| text.get(at..));
            end.is_some_and(|end| end.eq_ignore_ascii_case(words))
        })
        || ["是", "为"].iter().any(|verb| lead.ends_with(verb))
        || lead
            .rsplit_once(' ')
            .is_some_and(|(_, verb)| VERBS.iter().any(|known| verb.eq_ignore_ascii_case(known)))
}

/// `machine example.org login anna password ...`, the settings of ftp and its like.
fn of_netrc(lead: &str) -> bool {
    let mut words = lead.split_whitespace().rev();
    words.next() == Some("password") && words.nth(1) == Some("login")
}

/// `arn:aws:secretsmanager:us-west-2:123456789012:secret:...`: the name of a secret.
fn of_arn(before: &str) -> bool {
    let name = before.rsplit(|c: char| c.is_whitespace() || "\"'=".contains(c)).next();
    name.is_some_and(|name| name.starts_with("arn:"))
}

/// `PASS: parser7 reads a comment`: the verdict of a test that has a name, in a line of its own.
fn passed(c: &Candidate<'_>) -> bool {
    let line = c.before().rsplit('\n').next().unwrap_or_default();
    line.trim_start_matches(['-', ' ']).trim_end() == "PASS:"
        && c.after().lines().next().is_some_and(|rest| rest.trim_end().contains(' '))
}

/// A number of a program: `0x40`, `2i32`.
fn is_number(text: &str) -> bool {
    let typed = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "usize"];
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    text.strip_prefix("0x").is_some_and(|hex| hex.len() <= 16 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
        || typed.iter().any(|kind| text.strip_suffix(kind).is_some_and(digits))
}

/// The code of a thing in a list: `T1003`.
fn is_code(text: &str) -> bool {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_uppercase());
    text.len() <= 6 && text.len() - digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit())
}

/// `secret1=secret1`: what a call is given under its own name.
fn is_its_name(c: &Candidate<'_>) -> bool {
    let name = c.before().trim_end().strip_suffix('=');
    name.is_some_and(|name| name.trim_end().ends_with(c.text))
}

/// What stands between the marks of `b'...'`.
fn literal(text: &str) -> Option<&str> {
    let marked = text.strip_prefix(['b', 'B', 'r', 'R', 'u', 'U'])?;
    ['"', '\''].iter().find_map(|mark| marked.strip_prefix(*mark)?.strip_suffix(*mark))
}

/// Whether no word looks so, whatever stands before it: letters of both cases, and digits in more than one place.
fn is_mixed(value: &str) -> bool {
    let runs = value.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).count();
    let cased = |holds: fn(&char) -> bool| value.chars().filter(holds).count() >= 2;
    value.len() >= 10
        && runs >= 2
        && value.bytes().all(|b| b.is_ascii_alphanumeric())
        && cased(char::is_ascii_lowercase)
        && cased(char::is_ascii_uppercase)
}

/// Whether it is long and of all kinds of signs, as generators make keys: what looks like an expression in it is chance.
fn is_drawn(value: &str) -> bool {
    let kinds: [fn(char) -> bool; 3] = [
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_digit(),
        |c| c.is_ascii_punctuation() && !"_-./".contains(c),
    ];
    let has = |kind: &fn(char) -> bool| value.matches(kind).count() >= 4;
    value.len() >= 40
        && !value.starts_with(['$', '{', '%', '<'])
        && kinds.iter().all(has)
        && secrecy::entropy(value) >= 4.2
}

/// Whether somebody chose or drew this, and did not name, call or describe something.
fn secret(value: &str, quoted: bool) -> bool {
    let has = |kind: fn(char) -> bool| value.contains(kind);
    let letters = has(char::is_alphabetic);
    let digits = has(|c| c.is_ascii_digit());
    let signs = has(|c| c.is_ascii_punctuation() && !"_-./:#&*".contains(c));
    let path = value.starts_with(['/', '.', '#', '&', '*', '-', '~'])
        || value.contains("://")
        || value.contains("::");
    let pieces = value.split(['_', '-', '.', '/', ':']);
    // `user.password1`, `API_KEY_2`: pieces that are words or numbers.
    let name = pieces.clone().count() > 1
        && pieces.clone().all(|piece| {
            let word = piece.trim_end_matches(|c: char| c.is_ascii_digit());
            word.chars().all(char::is_alphabetic)
        });
    let constant = value.contains('_') && !has(char::is_lowercase);
    let expression = !quoted && (value.contains('.') || constant);
    let random = || value.len() >= 16 && secrecy::entropy(value) >= 3.5 && digits;
    letters
        && !path
        && (digits || signs && quoted)
        && (!name || !expression && random())
        && (quoted || !signs || digits)
}

fn sample(draw: &mut Draw) -> String {
    format!(
        "{}{}",
        draw.letters("ABCDEFGHJKLMNPQRSTUVWXYZ", 2),
        draw.letters("abcdefghjkmnpqrstuvwxyz23456789", 10)
    ) + "7"
}
