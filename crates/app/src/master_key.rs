//! The master key: how one is made, and the canary that proves it is the one the database knows.

use crate::config::Config;
use crate::failure::{Exit, Failure, Result};
use domain::ids::{Chance, Stream};
use domain::secret::{ExposeSecret as _, Place, SealError, Sealed, Sealer, SecretString};
use store::Store;

/// The setting that is sealed at first start and must open at each one after it.
const CANARY: &str = "master_key_canary";
const CANARY_PLACE: Place<'static> = Place { table: "setting", column: "value", row: CANARY };
const CANARY_TEXT: &str = "seatwright";

/// 32 random bytes as 64 hex digits.
pub fn generate(chance: &dyn Chance) -> SecretString {
    let mut bytes = [0; 32];
    chance.fill(Stream::Token, &mut bytes);
    SecretString::from(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// The sealer of the configured keys.
///
/// # Errors
/// When there is none, or one of them is no key.
pub fn sealer(config: &Config) -> Result<Sealer> {
    if config.master_keys.is_empty() {
        return Err(Failure::new(
            Exit::MasterKey,
            "master_key_missing",
            "There is no master key, so secrets can't be sealed.",
            "Make one with `seatwright generate-master-key`, keep it safe, and set \
             SEATWRIGHT_MASTER_KEY or SEATWRIGHT_MASTER_KEY_FILE.",
        ));
    }
    Sealer::new(&config.master_keys).map_err(|error| {
        Failure::new(
            Exit::MasterKey,
            "master_key_invalid",
            format!("The configured master key can't be used: {error}."),
            "Take one that `seatwright generate-master-key` wrote, whole and unchanged.",
        )
    })
}

/// Whether the keys are those that the database was set up with. `None` when it knows none yet.
pub async fn check(store: &Store, sealer: &Sealer) -> Result<Option<()>> {
    match store.setting(CANARY).await? {
        None => Ok(None),
        Some(kept) => open(sealer, &Sealed(kept)).map(Some),
    }
}

/// The same, teaching the key to a database that knows none yet.
pub async fn prove(store: &Store, sealer: &Sealer, chance: &dyn Chance) -> Result<()> {
    if check(store, sealer).await?.is_some() {
        return Ok(());
    }
    let canary = sealer.seal(chance, CANARY_PLACE, &SecretString::from(CANARY_TEXT));
    let kept = store.put_setting_once(CANARY, &canary.0).await?;
    open(sealer, &Sealed(kept))
}

fn open(sealer: &Sealer, kept: &Sealed) -> Result<()> {
    let opened = sealer.open(CANARY_PLACE, kept);
    if opened.as_ref().is_ok_and(|text| text.expose_secret() == CANARY_TEXT) {
        return Ok(());
    }
    let message = match opened {
        Err(SealError::UnknownKey { key_id }) => format!(
            "This database was set up with master key {key_id}, and the configured one is {}.",
            sealer.key_id()
        ),
        _ => "The canary in this database can't be opened; it is damaged.".to_owned(),
    };
    Err(Failure::new(
        Exit::MasterKey,
        "master_key_wrong",
        message,
        "Configure the key this database was set up with; after a rotation, list the new key first \
         and the old one after it.",
    ))
}
