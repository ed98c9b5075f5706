package dev.septet.workers.cli.ui;

/**
 * Who uses the page.
 *
 * @param name name of the key, or of this account; an answer to an approval is given in this name
 * @param acts whether the buttons may be used
 * @param form the secret of this session's forms; empty for programs, which send no cookie
 */
public record UiUser(String name, boolean acts, String form) {
    @Override
    public String toString() {
        return name;
    }
}
