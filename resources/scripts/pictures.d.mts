/** Shots of the evening, by what the README calls them. */
export const PICTURES: Record<string, string>
