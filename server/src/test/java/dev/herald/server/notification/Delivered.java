package dev.herald.server.notification;

import dev.herald.server.testing.HeraldFixture;

/** Brings notifications where delivery would have brought them, where a test isn't about delivery. */
final class Delivered {
    private Delivered() {}

    static void failed(HeraldFixture herald, String where) {
        failed(herald, where, "recipient_rejected");
    }

    static void failed(HeraldFixture herald, String where, String reason) {
        herald.update("UPDATE email_notifications SET status = 'failed', failure_reason = '" + reason
                + "', failed_at = now() WHERE status = 'pending' AND " + where);
        herald.update("UPDATE outbox SET parked = true WHERE ref_id IN"
                + " (SELECT email_id FROM email_notifications WHERE status = 'failed')");
    }

    static void sent(HeraldFixture herald, String where) {
        herald.update("UPDATE email_notifications SET status = 'sent', sent_at = now() WHERE status = 'pending' AND "
                + where);
        herald.update("DELETE FROM outbox WHERE ref_id IN"
                + " (SELECT email_id FROM email_notifications WHERE status = 'sent')");
    }
}
