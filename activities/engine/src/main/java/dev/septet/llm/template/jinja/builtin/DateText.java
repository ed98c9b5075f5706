package dev.septet.llm.template.jinja.builtin;

import dev.septet.llm.template.jinja.value.TemplateFault;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Formats dates as C's {@code strftime} does in the C locale. */
final class DateText {
    private DateText() {}

    static String format(ZonedDateTime time, String format) {
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < format.length()) {
            char c = format.charAt(i++);
            if (c != '%' || i == format.length()) {
                text.append(c);
                continue;
            }
            char field = format.charAt(i++);
            boolean bare = field == '-' && i < format.length();
            if (bare) {
                field = format.charAt(i++);
            }
            String piece = field(time, field);
            text.append(bare ? piece.replaceFirst("^[0 ](?=.)", "") : piece);
        }
        return text.toString();
    }

    private static String field(ZonedDateTime time, char field) {
        return switch (field) {
            case '%' -> "%";
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'e' -> String.format(Locale.ROOT, "%2d", time.getDayOfMonth());
            default ->
                DateTimeFormatter.ofPattern(pattern(field), Locale.ENGLISH).format(time);
        };
    }

    private static String pattern(char field) {
        return switch (field) {
            case 'd' -> "dd";
            case 'm' -> "MM";
            case 'Y' -> "yyyy";
            case 'y' -> "yy";
            case 'B' -> "MMMM";
            case 'b', 'h' -> "MMM";
            case 'A' -> "EEEE";
            case 'a' -> "EEE";
            case 'H' -> "HH";
            case 'I' -> "hh";
            case 'M' -> "mm";
            case 'S' -> "ss";
            case 'p' -> "a";
            case 'j' -> "DDD";
            case 'F' -> "yyyy-MM-dd";
            case 'T' -> "HH:mm:ss";
            case 'D' -> "MM/dd/yy";
            case 'R' -> "HH:mm";
            case 'Z' -> "zzz";
            case 'z' -> "xx";
            case 'f' -> "SSSSSS";
            default -> throw new TemplateFault("strftime_now does not know %" + field);
        };
    }
}
