package dev.septet.workflows.canary;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Describes a trial for the run's page. */
final class CanaryDetails {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final int DIGITS = 12;

    private CanaryDetails() {}

    static String markdown(CanaryStatus status) {
        StringBuilder text = new StringBuilder(head(status));
        CanaryReading last = status.last();
        if (last != null) {
            text.append(String.format(
                    Locale.ROOT,
                    "Check %d: %d requests to the new model, %d to the present one.\n\n",
                    status.looks(),
                    last.challenger(),
                    last.champion()));
            text.append("| measure | | |\n| --- | --- | --- |\n");
            for (CanaryFinding finding : last.findings()) {
                text.append("| %s | %s | %s |\n"
                        .formatted(
                                finding.measure(),
                                finding.sentence(),
                                finding.proven() ? "**breach**" : finding.worse() ? "worse so far" : "fine"));
            }
        }
        return text.toString();
    }

    /** A share as text, such as {@code 10 %} or {@code 12.5 %}. */
    static String percent(double share) {
        String digits = String.format(Locale.ROOT, "%.1f", 100 * share);
        return (digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits) + " %";
    }

    private static String head(CanaryStatus status) {
        String version = status.challenger().substring(0, DIGITS);
        String ends = TIME.format(Instant.ofEpochMilli(status.endsMillis()));
        return switch (status.state()) {
            case HOLDING ->
                "**Canary**: version `%s` answers %s of the requests until %s%s.\n\n"
                        .formatted(
                                version,
                                percent(status.share()),
                                ends,
                                status.prolonged() ? " (prolonged once: too few requests came)" : "");
            case PASSED -> "**Canary passed**: version `%s` may answer all.\n\n".formatted(version);
            case FAILED -> "**Canary failed**: version `%s` answers nothing any more.\n\n".formatted(version);
        };
    }
}
