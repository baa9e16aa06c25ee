package dev.herald.bench;

import java.util.List;
import java.util.Map;

/**
 * What other programs reached: measured on the same job, on a quiet machine of two cores, not by this run. graphile-worker in
 * batches of 50 with two processes, pg-boss in batches of 200, both with nodemailer; Celery with kept connections and batched
 * updates; db-scheduler and JobRunr with Angus Mail; plain Java: claims of 50 by SKIP LOCKED, and Angus Mail.
 */
final class Others {
    static final List<String> NAMES = List.of("graphile", "pg-boss", "Celery", "db-scheduler", "JobRunr", "plain Java");

    private static final List<String> UNKNOWN = List.of("", "", "", "", "", "");
    private static final Map<String, List<String>> FIGURES = Map.ofEntries(
            row("delivery.ratio", "0.11", "0.075", "0.06-0.09", "0.05", "0.03", "0.14"),
            row("delivery.mails_per_s", "4600", "3200", "2500", "1500", "1400", "3700"),
            row("delivery.trigger_to_last_s", "2.6", "3.6", "4.7", "6.9", "9.1", "3.0"),
            row("delivery.cpu_ms_a_mail", "0.37", "0.42", "0.69", "0.50", "0.55", "0.38"),
            row("delivery.db_cpu_ms_a_mail", "0.05", "0.17", "0.08", "0.79", "0.61", "0.17"),
            row("delivery-20ms.mails_per_s", "1224", "1413", "219", "722", "577", "238"),
            row("generate.rows_per_s", "28000", "21000", "16000", "37000", "21000", "41000"),
            row("small.first_ms", "30", "36", "35", "21", "3500", "37"),
            row("small.last_ms", "72", "97", "105", "106", "3700", "95"),
            row("memory.queued_rss_mb", "667", "705", "294", "536", "308", "639"),
            row("kill.recovered_s", "", "", "", "", "12", "4"),
            row("kill.stuck", "450", "200", "100", "140", "0", "0"),
            row("kill.doubles", "", "", "", "", "0", "201"));

    private Others() {}

    /** A figure's values, in the order of the names. */
    static List<String> at(String figure) {
        return FIGURES.getOrDefault(figure, UNKNOWN);
    }

    private static Map.Entry<String, List<String>> row(String figure, String... values) {
        return Map.entry(figure, List.of(values));
    }
}
