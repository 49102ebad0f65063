//! The body of an order as it is documented. [`domain::order::read`] reads it, all faults at once; a
//! test holds the two together.

use utoipa::ToSchema;

/// An order for a new customer with its first subscription.
#[derive(ToSchema)]
#[schema(as = OrderBody)]
pub struct OrderBody {
    /// Your own id of this order, unique within your distributor.
    #[schema(min_length = 1, max_length = 80, example = "BSS-1001")]
    pub reference: String,
    /// The id or the System Name of the instance to order through.
    #[schema(min_length = 1, max_length = 100, example = "Nord")]
    pub instance: String,
    #[schema(inline)]
    pub customer: CustomerBody,
    #[schema(inline)]
    pub subscription: SubscriptionBody,
}

#[derive(ToSchema)]
pub struct CustomerBody {
    /// Lower-case ASCII, without `www.` and without a dot at the end.
    #[schema(max_length = 253, example = "acme.example")]
    pub domain: String,
    #[schema(min_length = 1, max_length = 255, example = "Acme Ltd")]
    pub organization: String,
    #[schema(inline)]
    pub contact: ContactBody,
    /// Outside the ordered domain; the welcome mail goes here.
    #[schema(max_length = 254, example = "ada@other.example")]
    pub alternate_email: String,
    #[schema(inline)]
    pub address: AddressBody,
    #[schema(inline)]
    pub admin: AdminBody,
}

#[derive(ToSchema)]
pub struct ContactBody {
    #[schema(min_length = 1, max_length = 40, example = "Ada")]
    pub given_name: String,
    #[schema(min_length = 1, max_length = 40, example = "Byron")]
    pub family_name: String,
    /// E.164: a plus, the country code, digits only.
    #[schema(example = "+442071234567")]
    pub phone: Option<String>,
}

#[derive(ToSchema)]
pub struct AddressBody {
    #[schema(max_length = 255, example = "1 Main St")]
    pub line1: Option<String>,
    #[schema(max_length = 255)]
    pub line2: Option<String>,
    #[schema(max_length = 255)]
    pub line3: Option<String>,
    #[schema(max_length = 255, example = "London")]
    pub locality: Option<String>,
    #[schema(max_length = 255)]
    pub region: Option<String>,
    #[schema(min_length = 1, max_length = 255, example = "EC1A 1BB")]
    pub postal_code: String,
    /// ISO 3166-1 alpha-2, in capitals.
    #[schema(min_length = 2, max_length = 2, example = "GB")]
    pub country_code: String,
}

#[derive(ToSchema)]
pub struct AdminBody {
    /// The part before `@` of the first administrator's address.
    #[schema(min_length = 1, max_length = 64, example = "admin")]
    pub user_name: String,
}

#[derive(ToSchema)]
pub struct SubscriptionBody {
    /// Google's `skuId`.
    #[schema(example = "1010020027")]
    pub sku: String,
    /// `FLEXIBLE`, `ANNUAL_MONTHLY_PAY`, `ANNUAL_YEARLY_PAY`, `TRIAL` or `FREE`; not every SKU is
    /// sold in every way.
    #[schema(example = "FLEXIBLE")]
    pub payment_plan: String,
    /// Paid seats (annual) or the most there may be (other payment plans).
    #[schema(minimum = 1, example = 5)]
    pub seats: u32,
}
