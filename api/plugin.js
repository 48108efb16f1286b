import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';
import { MarkdownPageEvent, MarkdownTheme, MarkdownThemeContext } from 'typedoc-plugin-markdown';

/**
 * Makes the reference shorter than typedoc-plugin-markdown makes it by itself.
 *
 * @param {import('typedoc-plugin-markdown').MarkdownApplication} app
 */
export function load(app) {
  app.renderer.defineTheme('short', ShortTheme);
  // Nothing leads to the anchors of properties, and their numbers change wherever a property is new.
  app.renderer.on(MarkdownPageEvent.END, (page) => {
    page.contents = page.contents?.replaceAll(/<a id="property-[^"]*"><\/a> /g, '');
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const each of project.getReflectionsByKind(ReflectionKind.Class)) shorten(project, each);
    for (const each of Object.values(project.reflections)) {
      if (each.name === '__namedParameters') each.name = 'options';
      if (each.comment !== undefined) tellThrows(each.comment);
    }
  });
}

/** The signature says what a function answers and what a member implements: neither has a section of its own. */
class ShortTheme extends MarkdownTheme {
  getRenderContext(page) {
    const context = new MarkdownThemeContext(this, page, this.application.options);
    const { signatureTitle, comment } = context.partials;
    Object.assign(context.partials, {
      signatureReturns: () => '',
      inheritance: () => '',
      hierarchy: () => '',
      accessor: ({ getSignature }) =>
        `${signatureTitle(getSignature, { accessor: 'get' })}\n\n${getSignature.comment === undefined ? '' : comment(getSignature.comment)}`,
    });
    return context;
  }
}

/** Only the package makes its classes, so constructors are left out; what all errors have is said at their base. */
function shorten(project, type) {
  if (type.name.endsWith('Error')) {
    type.comment ??= new Comment();
    type.comment.blockTags.push(new CommentTag('@group', [{ kind: 'text', text: 'Errors' }]));
  }
  for (const child of [...type.children]) {
    const isConstructor = child.kind === ReflectionKind.Constructor;
    if (isConstructor || child.inheritedFrom !== undefined) project.removeReflection(child);
  }
}

/** Tells what is thrown behind the summary, with the error's name, which typedoc keeps apart. */
function tellThrows(comment) {
  for (const { tag, typeAnnotation, content } of comment.blockTags) {
    if (tag !== '@throws') continue;
    const name = typeAnnotation === undefined ? '' : ` \`${typeAnnotation.slice(1, -1)}\``;
    comment.summary.push({ kind: 'text', text: `\n\n**Throws**${name} ` }, ...content);
  }
  comment.removeTags('@throws');
}
