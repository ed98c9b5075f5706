@groovy.transform.AnnotationCollector([groovy.transform.ASTTest])
@interface Harmless {}
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
