"""People whom lessons are about: authors, historical figures, characters of books that schools read.

A class that reads "Ramona Quimby, age 8" names no student. The list is of names that stand in school libraries all over
the country; it cannot be whole, and what it lacks a person clears.
"""

from __future__ import annotations

from rollbook.text.folding import fold

_NAMES = """
Abraham Lincoln, Ada Lovelace, Agatha Christie, Alan Turing, Albert Einstein, Alex Rider, Alexander Hamilton, Alice
Walker, Amanda Gorman, Amelia Bedelia, Amelia Earhart, Amy Tan, Anastasia Krupnik, Anne Frank, Anne Shirley, Annie
Dillard, Anton Chekhov, Arthur Miller, Atticus Finch, Auggie Pullman, August Pullman, Barack Obama, Beatrix Potter,
Ben Franklin, Benjamin Banneker, Benjamin Franklin, Betsy Ross, Beverly Cleary, Boo Radley, Booker Washington, Cesar
Chavez, Charles Darwin, Charles Dickens, Charlie Bucket, Charlotte Bronte, Christopher Columbus, Christopher Paul
Curtis, Clara Barton, Coretta King, Daisy Buchanan, Dolores Huerta, Dorothy Gale, Dred Scott, E. B. White, Ebenezer
Scrooge, Edgar Allan Poe, Edith Wharton, Eleanor Roosevelt, Elie Wiesel, Elizabeth Acevedo, Elizabeth Bennet, Emily
Bronte, Emily Dickinson, Emmett Till, Encyclopedia Brown, Ernest Hemingway, Esperanza Cordero, Esperanza Ortega,
Fannie Lou Hamer, Fern Arable, Flannery O'Connor, Florence Nightingale, Frances Hodgson Burnett, Frank Lloyd Wright,
Frank McCourt, Franklin Roosevelt, Frederick Douglass, Frida Kahlo, Gabriel Garcia Marquez, Galileo Galilei, Gary
Soto, George Orwell, George Washington, George Washington Carver, Grace Hopper, Greg Heffley, Gwendolyn Brooks, Hank
Aaron, Harper Lee, Harriet Tubman, Harriet Welsch, Harry Potter, Helen Keller, Hermione Granger, Holden Caulfield,
Huck Finn, Huckleberry Finn, Isaac Newton, Isabel Allende, Jackie Robinson, Jacqueline Woodson, Jane Addams, Jane
Austen, Jane Eyre, Jane Goodall, Jason Reynolds, Jay Gatsby, Jean Valjean, Jerry Craft, Jim Hawkins, Jo March, Joan
Baez, Joe Louis, Johann Sebastian Bach, John Adams, John Brown, John Lewis, John Proctor, John Steinbeck, Johnny
Appleseed, Johnny Cade, Johnny Tremain, Jonas Salk, Judy Blume, Judy Moody, Jules Verne, Julia Alvarez, Junie B.
Jones, Kate DiCamillo, Katherine Johnson, Katherine Paterson, Katniss Everdeen, Kurt Vonnegut, Kwame Alexander,
Langston Hughes, Laura Ingalls, Laura Ingalls Wilder, Lemony Snicket, Leo Tolstoy, Leonardo da Vinci, Lewis Carroll,
Lois Lowry, Lorraine Hansberry, Louis Armstrong, Louis Sachar, Louisa May Alcott, Ludwig van Beethoven, Madeleine
L'Engle, Malala Yousafzai, Malcolm X, Margaret Atwood, Maria Tallchief, Marie Curie, Mark Twain, Marley Dias, Martin
Luther King, Mary Lennox, Mary McLeod Bethune, Mary Shelley, Mary Warren, Matilda Wormwood, Maya Angelou, Mayella
Ewell, Meg Murry, Mildred Taylor, Miss Frizzle, Muhammad Ali, Nancy Drew, Nathaniel Hawthorne, Neil Armstrong,
Nelson Mandela, Nick Carraway, Nikki Giovanni, Nikola Tesla, Octavia Butler, Opal Buloni, Orson Welles, Pablo
Neruda, Pablo Picasso, Pam Munoz Ryan, Patrick Henry, Paul Revere, Percy Jackson, Peter Pan, Peter Rabbit, Phillis
Wheatley, Pippi Longstocking, Ponyboy Curtis, R. J. Palacio, Rachel Carson, Ralph Ellison, Ramona Quimby, Ray
Bradbury, Rick Riordan, Roald Amundsen, Roald Dahl, Robert Frost, Roberto Clemente, Romeo Montague, Ron Weasley,
Rosa Parks, Ruby Bridges, Rudyard Kipling, S. E. Hinton, Sally Ride, Sandra Cisneros, Scott O'Dell, Scout Finch,
Shel Silverstein, Sherlock Holmes, Sherman Alexie, Sojourner Truth, Sonia Sotomayor, Stanley Yelnats, Starr Carter,
Steve Jobs, Susan Anthony, Sylvia Plath, Tennessee Williams, Theodore Roosevelt, Thomas Edison, Thomas Jefferson,
Thurgood Marshall, Tim O'Brien, Tiny Tim, Tom Robinson, Tom Sawyer, Toni Morrison, Vera Rubin, Victor Frankenstein,
Victor Hugo, Virginia Woolf, Walt Whitman, Willa Cather, William Faulkner, William Shakespeare, Willie Mays, Willy
Loman, Willy Wonka, Winston Smith, Wolfgang Amadeus Mozart, Zora Neale Hurston
"""
_FAMOUS = frozenset(fold(" ".join(name.split())).text for name in _NAMES.split(","))


def is_famous(name: str) -> bool:
    """Whether a name in a text is that of somebody whom lessons are about."""
    return fold(" ".join(name.split())).text.removesuffix("'s").strip(" .,;:!?") in _FAMOUS
