//! Keys of Azure storage accounts and service buses.

use sievert_detect::{Borders, Category, Detector, Draw};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.azure_key",
    title: "Azure storage or service bus key",
    about: "64 or 32 random bytes in base 64 behind the name that Azure gives them in connection strings.",
    sources: &["https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string"],
    aliases: &["AZURE_STORAGE_KEY", "AZURE_AUTH_TOKEN"],
    category: Category::Credential,
    placeholder: "AZURE_KEY",
    labelled: r"[0-9A-Za-z/+]{86}==|[0-9A-Za-z/+]{43}=",
    labels: &["AccountKey", "SharedAccessKey", "storage account key", "azure storage key"],
    borders: Borders::None,
    validate: |c| secrecy::token(c.text),
    normalize: |text| text.into(),
    sample,
    examples: &[concat!(
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=[[Qk7bXv1Zt9Lm3Rw5Yp8Nc2Hd6Jf4Sg0Ku+Ea/TiBoWxVqMzDrFyGhUjOl",
        "Cs1An7Pe5Kb3Xt9Wv2Rm8Zq4Ly6Hd==]];EndpointSuffix=core.windows.net"
    )],
    counter_examples: &["AccountKey=<key>", "AccountKey=${KEY}"],
    ..Detector::BLANK
};

fn sample(draw: &mut Draw) -> String {
    let alphabet = format!("{}/+", secrecy::BASE62);
    if draw.chance(50) {
        format!("{}==", draw.letters(&alphabet, 86))
    } else {
        format!("{}=", draw.letters(&alphabet, 43))
    }
}
