/** The two ways in which work for a user ends badly: the work failed, or the request made no sense. */
package org.thalweg.failure;
