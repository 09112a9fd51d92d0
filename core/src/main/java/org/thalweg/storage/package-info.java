/** Files that appear whole or not at all, and the digests that tell whether they still are what was written. */
package org.thalweg.storage;
