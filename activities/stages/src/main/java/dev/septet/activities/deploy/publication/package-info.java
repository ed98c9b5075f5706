/** What each kind of target gets of an export: the files that other tools expect, and no others. */
@NullMarked
package dev.septet.activities.deploy.publication;

import org.jspecify.annotations.NullMarked;
