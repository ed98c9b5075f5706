package dev.septet.activities.evaluate.safety;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The marks with which guard models tell their instructions from the texts that they judge. A text of a client must not
 * contain them, or it could end the conversation and answer in the guard's place. A mark gets spaces, so that people and
 * guards still read it, but no template or tokenizer takes it for a mark.
 */
final class GuardMarkers {
    /** Control tokens, such as {@code <|eot_id|>}, {@code [/INST]} and {@code <start_of_turn>}. */
    private static final Pattern TOKEN = Pattern.compile(
            "<(\\|[^|<>]{1,40}\\|)>|<(/?(?:s|bos|eos|pad|unk|start_of_turn|end_of_turn|score|guardian|think))>"
                    + "|\\[(/?(?:INST|SYS))]|<(</?SYS>)>",
            Pattern.CASE_INSENSITIVE);

    /** The parts of the instructions, such as {@code <END CONVERSATION>}. */
    private static final Pattern PART = Pattern.compile(
            "<(\\s*/?\\s*(?:BEGIN|END)\\s+(?:UNSAFE\\s+CONTENT\\s+CATEGORIES|CONVERSATION)\\s*)>",
            Pattern.CASE_INSENSITIVE);

    /** The beginnings of turns, such as {@code Agent:} at the beginning of a line. */
    private static final Pattern TURN = Pattern.compile(
            "(?im)^(\\h*)(User|Agent|Assistant|System|Human Question|Chatbot Response|User message|Assistant"
                    + " message):");

    private GuardMarkers() {}

    /** The text with spaces in its marks. A text without marks stays as it is. */
    static String neutral(String text) {
        String tokens = TOKEN.matcher(text).replaceAll(found -> {
            for (int group = 1; group <= found.groupCount(); group++) {
                if (found.group(group) != null) {
                    boolean square = found.group().charAt(0) == '[';
                    return Matcher.quoteReplacement(
                            (square ? "[ " : "< ") + found.group(group) + (square ? " ]" : " >"));
                }
            }
            throw new IllegalStateException("a mark has one group");
        });
        String parts = PART.matcher(tokens).replaceAll("< - $1 - >");
        return TURN.matcher(parts).replaceAll("$1$2 :");
    }
}
