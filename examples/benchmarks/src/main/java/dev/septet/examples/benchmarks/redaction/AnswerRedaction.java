package dev.septet.examples.benchmarks.redaction;

import dev.septet.activities.prepare.redaction.Redactor;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.examples.benchmarks.Median;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures the time that redaction adds to an answer, for the kinds of personal data of audit logs. Texts have
 * several lengths and are ordinary or hostile; each is a piece that is repeated up to the length.
 * On a machine with other work, processor time is more reliable, because wall-clock time includes
 * waits.
 */
public final class AnswerRedaction {
    private static final int[] LENGTHS = {200, 2_000, 20_000};
    private static final int WARM_UP_CHARACTERS = 500_000;
    private static final double MILLIS = 1e6;

    private AnswerRedaction() {}

    /**
     * A kind of text.
     *
     * @param piece the text that is repeated
     */
    private record Sample(String name, String piece) {
        String text(int length) {
            return piece.repeat(length / piece.length() + 1).substring(0, length);
        }
    }

    private static final List<Sample> SAMPLES = List.of(
            new Sample("prose without digits", "The order was sent on Monday and should arrive within the week. "),
            new Sample(
                    "prose with a number a line",
                    "Your ticket 48213 was opened on 2026-03-01; the refund of 120.50 EUR"
                            + " takes three days, and a colleague will write to you before"
                            + " that. "),
            new Sample(
                    "prose with personal data",
                    "Please write to mara.holm@example.com or call +44 20 7946 0123; the"
                            + " card 4111 1111 1111 1111 and the account DE89 3704 0044 0532"
                            + " 0130 00 are on file, and the SSN is 536-90-4399. "),
            new Sample("one run of digits", "4"),
            new Sample("digits with blanks", "1 "),
            new Sample("digits with points", "0.1"),
            new Sample("at signs", "@"),
            new Sample("at signs between letters", "a@"),
            new Sample("an address for ever", "a.b@"),
            new Sample("addresses", "a@b.org "),
            new Sample("almost cards", "4111 1111 1111 1112 "),
            new Sample("cards", "4111 1111 1111 1111, "),
            new Sample("codes without cards", "cvv 123 "),
            new Sample("almost accounts", "DE89 3704 0044 0532 0130 01 "),
            new Sample("accounts", "DE89 3704 0044 0532 0130 00, "),
            new Sample("almost phones", "+44 20 7946 01 "),
            new Sample("phones", "+44 20 7946 0123, "),
            new Sample("national phones", "(212) 555-0123 020 7946 0123 "),
            new Sample("groups that begin with 0", "0 30 901820 "),
            new Sample("brackets and plus signs", "(+1(+"),
            new Sample("a number and blanks", "1234567" + " ".repeat(193)),
            new Sample("social security numbers", "536-90-4399 "),
            new Sample("almost social security numbers", "ssn 000-00-0000 "));

    /** Usage: {@code AnswerRedaction REPEATS [REGION...]}; regions as in SEPTET_PHONE_REGIONS. */
    public static void main(String[] arguments) {
        int repeats = Integer.parseInt(arguments[0]);
        List<String> regions = List.of(arguments).subList(1, arguments.length);
        Redactor redactor = Redactor.masking(RedactSpec.CONTACT_AND_ACCOUNT, regions);
        for (Sample sample : SAMPLES) { // warm-up: the compiler sees every kind of text
            for (int done = 0; done < WARM_UP_CHARACTERS / SAMPLES.size(); done += 2_000) {
                redactor.redacted(sample.text(2_000));
            }
        }
        System.out.printf("| text | %s |%n", headings());
        System.out.println("| --- |" + " --- |".repeat(LENGTHS.length));
        for (Sample sample : SAMPLES) {
            List<String> cells = new ArrayList<>();
            for (int length : LENGTHS) {
                cells.add(measured(redactor, sample.text(length), repeats));
            }
            System.out.printf("| %s | %s |%n", sample.name(), String.join(" | ", cells));
        }
    }

    private static String headings() {
        return String.join(
                " | ",
                Arrays.stream(LENGTHS)
                        .mapToObj(length -> String.format(Locale.ROOT, "%,d characters, ms", length))
                        .toList());
    }

    /** Median processor time, and median and longest wall-clock time, in ms. */
    private static String measured(Redactor redactor, String text, int repeats) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<Double> processor = new ArrayList<>();
        List<Double> clock = new ArrayList<>();
        int kept = 0;
        for (int repeat = 0; repeat < repeats; repeat++) {
            long start = System.nanoTime();
            long used = threads.getCurrentThreadCpuTime();
            kept += redactor.redacted(text).length();
            processor.add((threads.getCurrentThreadCpuTime() - used) / MILLIS);
            clock.add((System.nanoTime() - start) / MILLIS);
        }
        if (kept == 0) {
            throw new IllegalStateException("nothing is left of a text");
        }
        return String.format(
                Locale.ROOT,
                "%.2f / %.2f / %.2f",
                Median.of(processor),
                Median.of(clock),
                clock.stream().mapToDouble(Double::doubleValue).max().orElse(0));
    }
}
