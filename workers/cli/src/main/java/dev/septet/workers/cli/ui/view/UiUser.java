package dev.septet.workers.cli.ui.view;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who uses the page.
 *
 * @param name name of the key, of this account, or of the person who signed in; an answer to an approval is given in this name
 * @param acts whether the buttons that steer may be used
 * @param reviews whether texts of feedback are shown, and decisions on them are accepted
 * @param form the secret of this session's forms; empty for programs, which send no cookie
 * @param person what the identity provider says about the person; null for a key
 * @param models names of served pipelines that a key is limited to
 */
public record UiUser(
        String name,
        boolean acts,
        boolean reviews,
        String form,
        @Nullable Person person,
        Predicate<String> models) {
    /** A user who is not limited to some pipelines. */
    public UiUser(String name, boolean acts, boolean reviews, String form, @Nullable Person person) {
        this(name, acts, reviews, form, person, all -> true);
    }

    /**
     * A person who signed in at the identity provider.
     *
     * @param roles the roles of the operator's file that the person has
     * @param groups the person's groups at the provider, for messages
     */
    public record Person(Set<String> roles, List<String> groups) {
        public Person {
            roles = Set.copyOf(roles);
            groups = List.copyOf(groups);
        }
    }

    /**
     * Whether the user may answer in a role.
     *
     * @param unsigned whether workers accept an answer without a signature, which is all that a key can give
     */
    public boolean answers(String role, boolean unsigned) {
        return person == null ? unsigned && acts : person.roles().contains(role);
    }

    /** Whether the user may see the feedback of a pipeline, and decide on it. */
    public boolean reviews(String pipeline) {
        return reviews && models.test(pipeline);
    }

    /** The same user in a session. */
    public UiUser with(String secret) {
        return new UiUser(name, acts, reviews, secret, person, models);
    }

    @Override
    public String toString() {
        return name;
    }
}
