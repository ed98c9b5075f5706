package dev.septet.examples.traffic;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A phase of the traffic in which customers behave in the same way.
 *
 * @param requests number of requests
 * @param shift shift of some of the requests
 * @param share share of shifted requests, from 0 to 1
 */
record Phase(int requests, Shift shift, double share) {
    /** Reads {@code 400} or {@code 600:intents:80}: requests, shift, per cent. */
    static final class Reader implements ITypeConverter<Phase> {
        private static final Pattern FORM = Pattern.compile("([0-9]{1,6})(?::([a-z]+)(?::([0-9]{1,3}))?)?");

        /**
         * The shifts of requests; a shift of the answers cannot be simulated, because the model
         * answers.
         */
        private static final Set<Shift> ASKED =
                EnumSet.of(Shift.LONGER, Shift.LANGUAGE, Shift.INTENTS, Shift.TOPIC, Shift.TYPOS);

        @Override
        public Phase convert(String text) {
            Matcher form = FORM.matcher(text);
            if (!form.matches()) {
                throw new TypeConversionException(
                        "a phase is REQUESTS or REQUESTS:SHIFT:PERCENT, such as 600:intents:80,"
                                + " not '%s'".formatted(text));
            }
            int requests = Integer.parseInt(form.group(1));
            if (form.group(2) == null) {
                return new Phase(requests, Shift.NONE, 0);
            }
            int percent = form.group(3) == null ? 100 : Integer.parseInt(form.group(3));
            if (percent > 100) {
                throw new TypeConversionException("the percentage of a phase is at most 100");
            }
            return new Phase(requests, shift(form.group(2)), percent / 100.0);
        }

        private static Shift shift(String word) {
            return ASKED.stream()
                    .filter(shift -> word(shift).equals(word))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "there is no shift '%s' of requests; the shifts are %s".formatted(word, words())));
        }

        private static String words() {
            return ASKED.stream().map(Reader::word).collect(Collectors.joining(", "));
        }

        private static String word(Shift shift) {
            return shift.name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public String toString() {
        return shift == Shift.NONE
                ? String.format(Locale.ROOT, "%d as ever", requests)
                : String.format(
                        Locale.ROOT,
                        "%d, %.0f %% %s",
                        requests,
                        share * 100,
                        shift.name().toLowerCase(Locale.ROOT));
    }
}
