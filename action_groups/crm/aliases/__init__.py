"""Whom a customer means by an alias, a name or a relationship.

A wrong answer sends money to the wrong person, so one person is named only when every word of the
phrase is explained by that person's record and by nobody else's:

1. The customer's own alias is a definition: the phrase that equals one alias, but for case, accents
   and articles, means its owner. Not so if it is another's name as well and not the owner's own, or
   if it is a kinship that the owner's relationship contradicts and another's confirms.
2. The full name means its owner, whatever words it has.
3. Otherwise each word of the phrase must be a word of the alias or the name, a relationship, or a
   title. Pet names, diminutives, words that sound the same and slips in long words count too; a
   slip never in the first or last letter, nor where it makes another known name.
4. A first name and a paternal surname name their owner. Any other word of the alias or the name
   does if it occurs in nobody else's record. One letter, a number, a word that only points
   ("ella", "mi cuenta") and a relationship that is only part of a name ("mi nieto", Óscar Nieto)
   name nobody by themselves, and what belongs to somebody else in an alias ("esposa Luis", "Juan de
   la tienda") does not name its owner.
5. Where that is true of several people, or only half true of one, the customer is asked: also where
   a phrase with an article is one person's name and a thing in another's alias ("la luz").
6. A phrase with a negation, several people, somebody else's relatives ("de", "'s", "su"), a plural,
   letters of several alphabets or invisible characters never names one person by itself.
"""
