/** What is on the touch keyboard: letters of four languages, and the pages that they share. */
const NAMES = { en: "English", es: "Español", fr: "Français", ar: "العربية" };
export const TONGUES = Object.keys(NAMES);

const LETTERS = {
  en: ["q w e r t y u i o p", "a s d f g h j k l '", "{shift} z x c v b n m {bksp}"],
  es: ["q w e r t y u i o p", "a s d f g h j k l ñ", "{shift} z x c v b n m {bksp}"],
  fr: ["a z e r t y u i o p", "q s d f g h j k l m", "{shift} w x c v b n ' é {bksp}"],
  ar: ["ض ص ث ق ف غ ع ه خ ح ج", "ش س ي ب ل ا ت ن م ك ط", "ذ ء ؤ ر ى ة و ز ظ د {bksp}"],
};
/** Accents, and in Arabic the rarer forms and letters of names from elsewhere. */
const LATIN_ACCENTS = ["á à â ä ã å æ ç é è", "ê ë í î ï ñ ó ô ö ø", "{shift} œ ú ù û ü ß ¿ ¡ {bksp}"];
const ARABIC_FORMS = ["أ إ آ ٱ ئ ؤ ء ى ة ـ", "پ چ ژ ڤ گ ڨ ک ی « »", "، ؛ ؟ ! : ( ) {bksp}"];
const LATIN_SIGNS = ["1 2 3 4 5 6 7 8 9 0", "- / : ; ( ) & @ \" '", "? ! , + # % € … {bksp}"];
const ARABIC_SIGNS = ["1 2 3 4 5 6 7 8 9 0", "- / : ؛ ( ) & @ \" '", "؟ ! ، + # % € … {bksp}"];
const LATIN_WORDS = { "{digits}": "123", "{letters}": "abc", "{accents}": "éñ" };
const ARABIC_WORDS = { "{digits}": "123", "{letters}": "ا ب", "{accents}": "أ إ" };

const capital = (key) => (key.toLocaleUpperCase().length === 1 ? key.toLocaleUpperCase() : key);
const capitals = (rows) => rows.map((row) => row.split(" ").map(capital).join(" "));

/** Every page of keys of a language by its name, and the words on them; `next`: the language to change to, `last`: keys at the end. */
export function layoutOf(tongue, next, last) {
  const letters = LETTERS[tongue];
  const [accents, signs, words] = tongue === "ar"
    ? [ARABIC_FORMS, ARABIC_SIGNS, ARABIC_WORDS]
    : [LATIN_ACCENTS, LATIN_SIGNS, LATIN_WORDS];
  const foot = (first) => `${first} {accents} {tongue} {space} . {enter} {fold}${last}`;
  const layout = {
    letters: [...letters, foot("{digits}")],
    "letters-capitals": [...capitals(letters), foot("{digits}")],
    accents: [...accents, foot("{letters}")],
    "accents-capitals": [...capitals(accents), foot("{letters}")],
    digits: [...signs, foot("{letters}")],
  };
  return { layout, words: { ...words, "{tongue}": NAMES[next] } };
}
