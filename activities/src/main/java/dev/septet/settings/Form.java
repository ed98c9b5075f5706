package dev.septet.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a setting's value must look like.
 *
 * @param expected completes the sentence "the variable is ..."
 * @param fits whether a value, stripped and not empty, is one
 */
record Form(String expected, Predicate<String> fits) {
    private static final Pattern GIGABYTES = Pattern.compile("[0-9]{1,6}");

    /** Any text; whoever reads it knows more. */
    static final Form TEXT = new Form("a text", value -> true);

    static final Form WHOLE_GIGABYTES = new Form(
            "a whole number of gigabytes such as 50",
            value -> GIGABYTES.matcher(value).matches());

    /** One of these words, in lower case. */
    static Form words(String... words) {
        return new Form(String.join(" or ", words), List.of(words)::contains);
    }

    /** An address of a web server. */
    static Form address(String example) {
        return new Form("an address such as " + example, Form::isAddress);
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
}
