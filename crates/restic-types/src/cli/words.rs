/// The words of the generated table: what is not said keeps the default of `new`.
macro_rules! setters {
    ($type:ident { $($name:ident($($argument:ident: $kind:ty),+) => $value:expr;)+ }) => {
        impl $type {
            $(pub(super) const fn $name(mut self, $($argument: $kind),+) -> Self {
                self.$name = $value;
                self
            })+
        }
    };
}
pub(super) use setters;
