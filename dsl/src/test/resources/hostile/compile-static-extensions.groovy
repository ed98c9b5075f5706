@groovy.transform.CompileStatic(extensions = 'CANARY.groovy')
def x() { 1 }
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
