package dev.septet.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The valid form of a setting's value.
 *
 * @param expected completes the sentence "the variable is ..."
 * @param fits whether a stripped, non-empty value is valid
 */
record SettingFormat(String expected, Predicate<String> fits) {
    private static final Pattern GIGABYTES = Pattern.compile("[0-9]{1,6}");

    private static final Pattern DAYS = Pattern.compile("[1-9][0-9]{0,4}");

    private static final Pattern SECONDS = Pattern.compile("[1-9][0-9]?|[1-5][0-9]{2}|600");

    private static final Pattern RETENTION_TEXT =
            Pattern.compile("[1-9][0-9]{0,3} versions?, [1-9][0-9]{0,4} ?(days?|hours?)");

    private static final Pattern MONEY = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,4})? [A-Z]{3}");

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,7}(\\.[0-9]{1,4})?");

    private static final Pattern LISTENING =
            Pattern.compile("off|(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?):[0-9]{1,5}");

    private static final int MAX_PORT = 65535;

    private static final Pattern TOKEN_TEXT = Pattern.compile("[\\x21-\\x7e]{16,512}");

    /** Any text; the code that reads it checks more. */
    static final SettingFormat TEXT = new SettingFormat("a text", value -> true);

    static final SettingFormat WHOLE_GIGABYTES = new SettingFormat(
            "a whole number of gigabytes such as 50",
            value -> GIGABYTES.matcher(value).matches());

    static final SettingFormat WHOLE_DAYS = new SettingFormat(
            "a whole number of days such as 14", value -> DAYS.matcher(value).matches());

    static final SettingFormat RETENTION = new SettingFormat(
            "a number of versions and a time, such as `5 versions, 30 days`",
            value -> RETENTION_TEXT.matcher(value).matches());

    /** Whole seconds from 1 to 600. */
    static final SettingFormat WHOLE_SECONDS = new SettingFormat(
            "a whole number of seconds from 1 to 600",
            value -> SECONDS.matcher(value).matches());

    /** An amount of money and its currency, as ISO 4217 writes it. */
    static final SettingFormat PRICE = new SettingFormat(
            "an amount and a currency such as 2.40 EUR",
            value -> MONEY.matcher(value).matches());

    static final SettingFormat AMOUNT = new SettingFormat(
            "a number such as 350 or 41.5", value -> NUMBER.matcher(value).matches());

    /** An address to listen on and its port, or {@code off}. */
    static final SettingFormat HOST_AND_PORT = new SettingFormat(
            "an address and a port such as 127.0.0.1:9464, or off",
            value -> LISTENING.matcher(value).matches() && portOf(value) <= MAX_PORT);

    /** A token that is long enough not to be guessed, without spaces. */
    static final SettingFormat TOKEN = new SettingFormat(
            "a text of at least 16 visible characters without spaces",
            value -> TOKEN_TEXT.matcher(value).matches());

    /** One of these words, in lower case. */
    static SettingFormat words(String... words) {
        return new SettingFormat(String.join(" or ", words), List.of(words)::contains);
    }

    /** A URL of a web server. */
    static SettingFormat address(String example) {
        return new SettingFormat("an address such as " + example, SettingFormat::isAddress);
    }

    /** Whether a valid value is one of a few words, or a number with a unit. */
    boolean fixed() {
        return !expected.equals(TEXT.expected) && !expected.startsWith("an address");
    }

    private static boolean isAddress(String value) {
        try {
            URI address = new URI(value);
            return ("https".equals(address.getScheme()) || "http".equals(address.getScheme()))
                    && address.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static int portOf(String value) {
        return value.equals("off") ? 0 : Integer.parseInt(value.substring(value.lastIndexOf(':') + 1));
    }
}
