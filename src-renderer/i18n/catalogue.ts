/** A sentence, or one for 1 and one for other numbers. */
export type Translation = string | readonly [one: string, other: string]
/** By the English sentence; `{name}` stands for a value. */
export type Catalogue = Readonly<Record<string, Translation>>
/** Sentences of the engine; `{0}` … stand for what is put in. */
export type HeardCatalogue = Readonly<Record<string, string>>
