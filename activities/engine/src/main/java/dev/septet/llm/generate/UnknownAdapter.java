package dev.septet.llm.generate;

/** No adapter has this name. */
public final class UnknownAdapter extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownAdapter(String name) {
        super("no adapter is named \"" + name + "\"");
    }
}
