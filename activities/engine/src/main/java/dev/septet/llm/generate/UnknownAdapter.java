package dev.septet.llm.generate;

/** There is no adapter with this name. */
public final class UnknownAdapter extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownAdapter(String name) {
        super("no adapter is named \"" + name + "\"");
    }
}
