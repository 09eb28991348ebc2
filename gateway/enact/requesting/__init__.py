"""How a referral begins: asked for by the person, by the staff, or by a rule."""
