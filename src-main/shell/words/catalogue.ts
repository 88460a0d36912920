/** A sentence, or one for 1 and one for other numbers. */
export type Translation = string | readonly [one: string, other: string]
export type Catalogue = Readonly<Record<string, Translation>>
