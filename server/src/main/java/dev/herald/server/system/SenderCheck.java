package dev.herald.server.system;

import dev.herald.server.mail.MailConfig;
import java.util.List;

/** Whether mail comes from a domain that relays elsewhere can look up. */
public final class SenderCheck implements SystemCheck {
    private static final String NAME = "sender";

    private final MailConfig mail;

    public SenderCheck(MailConfig mail) {
        this.mail = mail;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String mend() {
        return "set DEFAULT_FROM_EMAIL to an address of a domain of yours, such as no-reply@campus.example, and"
                + " MESSAGE_ID_DOMAIN, where it is set, to such a domain";
    }

    @Override
    public List<CheckResult> look() {
        String domain = mail.sender().address().domain();
        if (domain.contains(".") && mail.messageIdDomain().contains(".")) {
            return List.of(CheckResult.ok(NAME, "mail comes from " + domain));
        }
        return List.of(CheckResult.warning(
                NAME, "a domain without a dot means this machine alone: relays elsewhere refuse such mail", mend()));
    }
}
